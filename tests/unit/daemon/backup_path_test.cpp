#include <filesystem>
#include <fstream>
#include <string>

#include <catch2/catch.hpp>

#include "api/backup_path.hpp"
#include "support/scratch_directory.hpp"

using janjid::backup_path;
namespace fs = std::filesystem;

namespace {

struct World {
  janji::test::ScratchDirectory scratch;
  fs::path root = scratch.path() / "root";
  fs::path outside = scratch.path() / "root-beside";

  World() {
    fs::create_directories(root / "weekly");
    fs::create_directories(outside / "in");
    fs::create_directory_symlink(outside, root / "link");
    fs::create_directory_symlink(root / "weekly", root / "inner");
    fs::create_directory_symlink(root, scratch.path() / "alias");
    std::ofstream(root / "file") << "x";
  }
  bool refused(const std::string& text) const {
    return backup_path(root, text).code() == janji::Code::invalid_argument;
  }
};

}  // namespace

TEST_CASE("a backup goes below the root, by whichever name") {
  const World world;
  const fs::path one = world.root / "one";
  CHECK(*backup_path(world.root, "one") == one);
  CHECK(*backup_path(world.root, "one/") == one);
  CHECK(*backup_path(world.root, one.string()) == one);
  CHECK(*backup_path(world.root, "weekly") == world.root / "weekly");  // there already
  CHECK(*backup_path(world.root, "weekly/48") == world.root / "weekly" / "48");
  CHECK(*backup_path(world.root, "inner/48") == world.root / "weekly" / "48");
  const fs::path alias = world.scratch.path() / "alias";
  CHECK(*backup_path(alias, (alias / "one").string()) == one);
  CHECK(*backup_path(alias, "one") == one);
}

TEST_CASE("nothing leads out of the root") {
  const World world;
  for (const std::string& text : {std::string{},
                                  std::string{"/"},
                                  std::string{"."},
                                  std::string{".."},
                                  std::string{"../x"},
                                  std::string{"weekly/../../x"},
                                  std::string{"weekly/.."},
                                  std::string{"./x"},
                                  std::string{"link"},
                                  std::string{"link/x"},
                                  std::string{"link/in"},
                                  std::string{"/tmp/x"},
                                  std::string{"inner"},
                                  std::string{"file"},
                                  std::string{"file/x"},
                                  std::string{"none/x"},
                                  std::string{"a\nb"},
                                  std::string{"a\0b", 3},
                                  std::string(2000, 'x'),
                                  world.root.string(),
                                  world.root.string() + "/",
                                  (world.outside / "x").string(),
                                  world.root.string() + "/../root-beside/x"}) {
    CAPTURE(text);
    CHECK(world.refused(text));
  }
  CHECK(backup_path(world.scratch.path() / "gone", "x").code() == janji::Code::io_error);
}
