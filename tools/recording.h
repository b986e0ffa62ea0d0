// The file that a run is written to as it happens: a trace, or a view of it (sim/views.h), as the
// name's ending says.
#pragma once

#include <fstream>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sim/teller.h"
#include "sim/trace.h"
#include "sim/views.h"
#include "tools/usage.h"

namespace coracle::tools {

// A UsageError where no ending is known; a trace is none of replay's.
void check_recordable(const std::string& file, bool as_trace);

template <Protocol P>
class Recording {
 public:
  using V = Values<P>;

  Recording(const std::string& file, const sim::TraceHeader& header, sim::Teller<P> teller,
            const std::string& title)
      : name_(file), out_(file, std::ios::binary), teller_(std::move(teller)) {
    sim::Cast cast = teller_.cast();
    cast.title = title;
    view_ = sim::view_of(file, out_, cast);
    if (view_ == nullptr) trace_.emplace(out_, header);
  }

  void take(sim::Time now, const Action<V>& action, const World<V>& after) {
    if (trace_)
      trace_->template add<P>(action, now);
    else
      view_->take(teller_.tell(now, action, after));
  }
  void note(sim::Time now, const std::string& what) {
    if (view_ != nullptr) view_->note(teller_.when(now), what);
  }

  // A UsageError where it could not be written.
  void finish(const std::string& failure) {
    if (trace_)
      trace_->finish();
    else
      view_->finish(failure);
    out_.close();
    if (!out_) throw UsageError("cannot write " + name_);
  }

 private:
  std::string name_;
  std::ofstream out_;
  sim::Teller<P> teller_;
  std::unique_ptr<sim::View> view_;
  std::optional<sim::TraceWriter> trace_;
};

}  // namespace coracle::tools
