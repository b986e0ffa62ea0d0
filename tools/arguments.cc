#include "tools/arguments.h"

namespace coracle::tools {

namespace {

std::vector<std::string> long_names(const options::options_description& known) {
  std::vector<std::string> names;
  for (const auto& option : known.options())
    if (option->long_name() != "operand") names.push_back("--" + option->long_name());
  return names;
}

}  // namespace

options::variables_map parse(const std::vector<std::string>& typed,
                             const options::options_description& visible,
                             const std::string& operands_are) {
  using namespace options::command_line_style;
  options::positional_options_description operands;
  options::options_description known;
  known.add(visible);
  known.add_options()("operand", options::value<std::vector<std::string>>(), operands_are.c_str());
  operands.add("operand", -1);
  options::variables_map values;
  try {
    options::store(options::command_line_parser(typed)
                       .options(known)
                       .positional(operands)
                       .style(unix_style & ~allow_guessing & ~allow_short)
                       .run(),
                   values);
  } catch (const options::unknown_option& error) {
    const std::string name = error.get_option_name();
    throw UsageError("unknown option " + name + near_match(name, long_names(known)));
  } catch (const options::error& error) {
    throw UsageError(error.what());
  }
  if (operands_are.empty() && values.count("operand") > 0)
    throw UsageError("'" + values["operand"].as<std::vector<std::string>>().front() +
                     "' is a word too many; options begin with --");
  for (const auto& [name, value] : values)
    if (name != "help" && value.value().type() == typeid(std::string) &&
        value.as<std::string>().empty())
      throw UsageError("--" + name + " is empty");
  return values;
}

options::options_description common_options() {
  options::options_description common("Common");
  auto add = common.add_options();
  add("help", "this text");
  add("json", options::value<std::string>()->value_name("FILE"),
      "the result for machines, - for standard output");
  add("quiet", options::bool_switch(), "say nothing but errors");
  add("color",
      options::value<std::string>()->value_name("auto|always|never")->default_value("auto"),
      "of the verdict");
  add("progress", options::bool_switch(), "show progress though standard error is no terminal");
  return common;
}

}  // namespace coracle::tools
