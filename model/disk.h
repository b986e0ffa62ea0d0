// A node's disk, between what it is told to write and what is durable.
//
//   disk       a Save is durable   in the world
//   synced     at once             nothing while its node is up: it can be derived
//   buffered   when it is flushed  what is flushed, and the writes that are pending
//
// What follows a Save in a step's effects, or an empty Save (a barrier), waits until every Save so
// far, of this step or of an earlier one, is durable: it is held behind the last pending write.
// What precedes it goes out at once, whatever is pending. A crash keeps a prefix of the pending
// writes, and loses what they held.
#pragma once

#include <algorithm>
#include <boost/describe/class.hpp>
#include <boost/describe/enum.hpp>
#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "model/check.h"
#include "model/protocol.h"

namespace coracle {

enum class DiskKind : std::uint8_t { synced, buffered };
BOOST_DESCRIBE_ENUM(DiskKind, synced, buffered)

template <class T>
struct IsSave : std::false_type {};
template <class C>
struct IsSave<Save<C>> : std::true_type {};
template <class T>
struct IsSetTimer : std::false_type {};
template <class T>
struct IsSetTimer<SetTimer<T>> : std::true_type {};

// Whether a disk may hold an effect back: a message or an output, but no write and no alarm.
template <class Effect>
bool may_be_held(const Effect& effect) {
  return std::visit([]<class E>(const E&) { return !IsSave<E>::value && !IsSetTimer<E>::value; },
                    effect);
}

// A write that is not yet durable, and what waits for it.
template <class P>
struct Pending {
  typename P::Change change;
  std::vector<typename P::Effect> held;
  auto operator<=>(const Pending&) const = default;
  BOOST_DESCRIBE_CLASS(Pending, (), (change, held), (), ())
};

template <class P>
struct Buffer {
  typename P::Durable flushed;
  std::vector<Pending<P>> pending;  // the oldest first
  auto operator<=>(const Buffer&) const = default;
  BOOST_DESCRIBE_CLASS(Buffer, (), (flushed, pending), (), ())
};

// Takes what a step orders. Returns what goes out at once.
template <class P>
std::vector<typename P::Effect> buffered(Buffer<P>& buffer,
                                         const std::vector<typename P::Effect>& effects) {
  std::vector<typename P::Effect> released;
  bool waits = false;
  for (const auto& effect : effects) {
    if (const auto* save = std::get_if<Save<typename P::Change>>(&effect)) {
      if (save->change) buffer.pending.push_back({*save->change, {}});
      waits = !buffer.pending.empty();
    } else if (may_be_held(effect)) {
      (waits ? buffer.pending.back().held : released).push_back(effect);
    }
  }
  return released;
}

// Makes the oldest pending write durable. Returns what it held.
template <class P>
std::vector<typename P::Effect> flush(Buffer<P>& buffer) {
  CHECK(!buffer.pending.empty());
  Pending<P> oldest = std::move(buffer.pending.front());
  buffer.pending.erase(buffer.pending.begin());
  buffer.flushed = kept(std::move(buffer.flushed), oldest.change);
  return std::move(oldest.held);
}

// What is durable once so many of the pending writes are.
template <class P>
typename P::Durable written(const Buffer<P>& buffer, std::size_t count) {
  CHECK(count <= buffer.pending.size());
  auto disk = buffer.flushed;
  for (std::size_t i = 0; i < count; ++i) disk = kept(std::move(disk), buffer.pending[i].change);
  return disk;
}

}  // namespace coracle
