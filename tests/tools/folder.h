// A folder of a test's own, for the files that it writes: tests run side by side.
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>

namespace coracle::tools {

// A folder that is gone with the test.
class Folder : public testing::Test {
 protected:
  Folder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "coracle-XXXXXX").string();
    if (mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no folder");
    path_ = pattern;
  }
  ~Folder() override { std::filesystem::remove_all(path_); }

  std::string in_folder(const std::string& name) const { return (path_ / name).string(); }
  std::string written(const std::string& name, const std::string& text) const {
    std::ofstream(in_folder(name), std::ios::binary) << text;
    return in_folder(name);
  }

 private:
  std::filesystem::path path_;
};

}  // namespace coracle::tools
