#include "tools/files.h"

#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>

#include "tools/usage.h"

namespace coracle::tools {

std::string read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file || std::filesystem::is_directory(path)) throw UsageError("cannot read " + path);
  try {
    file.exceptions(std::ios::badbit);
    return {std::istreambuf_iterator<char>(file), {}};
  } catch (const std::ios_base::failure&) {
    throw UsageError("cannot read " + path);
  }
}

void write_file(const std::string& path, const std::string& contents) {
  std::ofstream file(path, std::ios::binary);
  file << contents;
  file.close();
  if (!file) throw UsageError("cannot write " + path);
}

void check_writable(const std::string& path) {
  const bool was_there = std::filesystem::exists(path);
  std::ofstream file(path, std::ios::app);
  if (!file) throw UsageError("cannot write " + path);
  file.close();
  if (!was_there) std::filesystem::remove(path);
}

void write_json(const std::string& path, const boost::json::value& json) {
  const std::string text = boost::json::serialize(json) + "\n";
  if (path == "-")
    std::cout << text << std::flush;
  else
    write_file(path, text);
}

}  // namespace coracle::tools
