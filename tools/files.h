// Files as the commands read and write them: whole, or with a UsageError that names them.
#pragma once

#include <boost/json.hpp>
#include <string>

namespace coracle::tools {

std::string read_file(const std::string& path);

void write_file(const std::string& path, const std::string& contents);

// Better known now than after hours. Leaves the file, or its absence, as it was.
void check_writable(const std::string& path);

// To a file, or to standard output where it is "-".
void write_json(const std::string& path, const boost::json::value& json);

}  // namespace coracle::tools
