// A Model made of a protocol's vocabulary.
#pragma once

#include <boost/json.hpp>
#include <set>
#include <string>
#include <vector>

#include "model/vocabulary.h"
#include "tools/explore_cluster.h"
#include "tools/model.h"
#include "tools/units.h"

namespace coracle::tools {

template <class Vocabulary>
class ModelOf : public Model {
 public:
  using Options = typename Vocabulary::Options;

  std::string name() const override { return std::string(Vocabulary::name); }
  std::string what() const override { return std::string(Vocabulary::what); }

  options::options_description options() const override {
    options::options_description all("Options of " + name());
    auto add = all.add_options();
    for (const auto& option : Vocabulary::options()) {
      const std::string option_name(option.name);
      const std::string help = std::string(option.help) + default_text(option);
      if (std::holds_alternative<Switch<Options>>(option.place))
        add(option_name.c_str(), options::bool_switch(), help.c_str());
      else
        add(option_name.c_str(), options::value<std::string>()->value_name(value_name(option)),
            help.c_str());
    }
    return all;
  }

  std::vector<std::string> properties() const override {
    std::vector<std::string> lines;
    Vocabulary::visit(Options{}, [&]<class P>(const Cluster<P>& /*cluster*/,
                                              const auto& properties) {
      const checker::Judge<P> judge(properties, {});
      for (const auto& asked : judge.asked())
        lines.push_back((asked.expectation == Expectation::always ? "always    " : "sometimes ") +
                        std::string(asked.name));
    });
    return lines;
  }

  std::string mutants() const override {
    std::string lines;
    for (const auto& [mutant, change] : Vocabulary::mutants()) {
      std::string line = "  " + mutant;
      line.resize(std::max<std::size_t>(line.size() + 1, 28), ' ');
      lines += line + change + "\n";
    }
    return lines;
  }

  int explore(const options::variables_map& typed, const ExploreSettings& settings) const override {
    const Options chosen = read(typed);
    if (const auto why = Vocabulary::refusal(chosen)) throw UsageError(*why);
    const ExploredModel model{name(), std::string(Vocabulary::node), options_json(chosen),
                              chosen.mutant};
    int code = 0;
    Vocabulary::visit(chosen, [&]<class P>(const Cluster<P>& cluster, const auto& properties) {
      code = explore_cluster<P>(cluster, properties, model, settings);
    });
    return code;
  }

 private:
  static std::string joined(const std::vector<std::string>& names) {
    std::string all;
    for (const auto& name : names) all += (all.empty() ? "" : "|") + name;
    return all;
  }

  static std::string value_name(const Option<Options>& option) {
    return match(
        option.place, [](const Number<Options>&) { return std::string("N"); },
        [](const Switch<Options>&) { return std::string(); },
        [](const Truth<Options>&) { return std::string("true|false"); },
        [&](const Choice<Options>& choice) {
          return option.name == "mutant" ? "NAME|list" : joined(choice.names);
        });
  }

  static std::string default_text(const Option<Options>& option) {
    const Options defaults;
    return match(
        option.place,
        [&](const Number<Options>& number) {
          return " (" + std::to_string(number.least) + " to " + std::to_string(number.most) +
                 "; default " + std::to_string(defaults.*number.field) + ")";
        },
        [](const Switch<Options>&) { return std::string(); },
        [&](const Truth<Options>& truth) {
          return std::string(defaults.*truth.field ? " (default true)" : " (default false)");
        },
        [&](const Choice<Options>& choice) { return " (default " + defaults.*choice.field + ")"; });
  }

  static Options read(const options::variables_map& typed) {
    Options chosen;
    for (const auto& option : Vocabulary::options()) {
      const std::string option_name(option.name);
      if (typed.count(option_name) == 0) continue;
      const auto& value = typed[option_name];
      match(
          option.place,
          [&](const Number<Options>& number) {
            chosen.*number.field = static_cast<int>(whole_number(
                option_name, value.as<std::string>(), static_cast<std::uint64_t>(number.least),
                static_cast<std::uint64_t>(number.most)));
          },
          [&](const Switch<Options>& on) { chosen.*on.field = value.as<bool>(); },
          [&](const Truth<Options>& truth) {
            chosen.*truth.field =
                one_of(option_name, value.as<std::string>(), {"true", "false"}) == "true";
          },
          [&](const Choice<Options>& choice) {
            chosen.*choice.field = one_of(option_name, value.as<std::string>(), choice.names);
          });
    }
    return chosen;
  }

  static std::string one_of(const std::string& option, const std::string& typed,
                            const std::vector<std::string>& names) {
    if (std::ranges::find(names, typed) == names.end())
      throw UsageError("--" + option + " '" + typed + "' is not known" + near_match(typed, names));
    return typed;
  }

  static boost::json::object options_json(const Options& chosen) {
    boost::json::object json;
    for (const auto& option : Vocabulary::options())
      std::visit([&](const auto& place) { json[option.name] = chosen.*place.field; }, option.place);
    return json;
  }
};

}  // namespace coracle::tools
