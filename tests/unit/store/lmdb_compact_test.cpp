// Files that are written anew while they are in use.
#include "store/lmdb_compact.hpp"

#include <fstream>
#include <iterator>
#include <memory>
#include <set>
#include <string>

#include <catch2/catch.hpp>

#include "file_size_limit.hpp"
#include "support/scratch_directory.hpp"
#include "unit/store/stores.hpp"

namespace {

using namespace janji;
using store::lmdb::CompactableFile;
using store::lmdb::Config;
using store::lmdb::Environment;
using test::ScratchDirectory;
namespace fs = std::filesystem;

std::span<const std::byte> bytes_of(const std::string& text) {
  return std::as_bytes(std::span(text));
}

std::string text_of(const fs::path& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

struct Rig {
  Rig() : config{directory.path() / "data.mdb", std::size_t{64} << 20, "the map", {"one", "two"}} {
    REQUIRE(Environment::create(config).ok());
    open();
  }
  void open() {
    file.reset();
    auto environment = Environment::open(config);
    REQUIRE(environment.ok());
    file = std::make_unique<CompactableFile>(std::move(*environment));
  }
  void put(std::size_t table, std::uint64_t key, const std::string& value) const {
    const auto now = file->now();
    auto write = now->begin_write();
    REQUIRE(write.ok());
    REQUIRE(write->put(now->table(table), key, bytes_of(value)).ok());
    REQUIRE(write->commit().ok());
  }
  void erase(std::size_t table, std::uint64_t key) const {
    const auto now = file->now();
    auto write = now->begin_write();
    REQUIRE(write.ok());
    REQUIRE(write->erase(now->table(table), key).ok());
    REQUIRE(write->commit().ok());
  }
  std::string get(std::size_t table, std::uint64_t key) const {
    const auto now = file->now();
    auto read = now->begin_read();
    REQUIRE(read.ok());
    const auto row = read->get(now->table(table), key);
    REQUIRE(row.ok());
    if (!row->has_value()) return "nothing";
    return {reinterpret_cast<const char*>((*row)->data()), (*row)->size()};
  }

  ScratchDirectory directory;
  Config config;
  std::unique_ptr<CompactableFile> file;
};

TEST_CASE("a file that is written anew has its rows, and nothing of others") {
  Rig rig;
  // Some share a page, some have one or more of their own.
  const auto value_of = [](std::uint64_t key) {
    const std::string mark = "row " + std::to_string(100'000 + key) + "; ";
    std::string text;
    while (text.size() < 30 + key * 97) text += mark;
    return text;
  };
  for (std::uint64_t key = 0; key < 120; ++key) rig.put(key % 2, key, value_of(key));
  for (std::uint64_t key = 0; key < 120; key += 3) rig.erase(key % 2, key);
  const auto count = [&](std::uint64_t key) {
    return text_of(rig.config.file).find("row " + std::to_string(100'000 + key)) !=
           std::string::npos;
  };
  bool some_left = false;
  for (std::uint64_t key = 0; key < 120; key += 3) some_left = some_left || count(key);
  CHECK(some_left);  // what this is for
  // Who reads meanwhile sees what he began with.
  const auto before = rig.file->now();
  auto read = before->begin_read();
  REQUIRE(rig.file->compact().ok());
  CHECK(rig.file->now() != before);
  CHECK(rig.file->now()->file() == rig.config.file);
  CHECK(read->get(before->table(1), 1)->has_value());
  for (std::uint64_t key = 0; key < 120; ++key) {
    CAPTURE(key);
    CHECK(count(key) == (key % 3 != 0));
    CHECK(rig.get(key % 2, key) == (key % 3 == 0 ? "nothing" : value_of(key)));
  }
  rig.put(0, 500, "later");
  rig.open();
  CHECK(rig.get(0, 500) == "later");
  CHECK(rig.get(1, 1) == value_of(1));
  std::set<std::string> names;
  for (const auto& entry : fs::directory_iterator(rig.directory.path())) {
    names.insert(entry.path().filename().string());
  }
  CHECK(names == std::set<std::string>{"data.mdb", "data.mdb-lock"});
}

TEST_CASE("a file can be written anew again, and when it is empty") {
  Rig rig;
  for (int i = 0; i < 3; ++i) {
    REQUIRE(rig.file->compact().ok());
    rig.put(0, static_cast<std::uint64_t>(i), "x");
  }
  rig.open();
  for (std::uint64_t i = 0; i < 3; ++i) CHECK(rig.get(0, i) == "x");
}

TEST_CASE("a copy that doesn't succeed changes nothing") {
  Rig rig;
  const std::string large(100'000, 'x');
  for (std::uint64_t key = 0; key < 20; ++key) rig.put(0, key, large);
  const auto before = rig.file->now();
  {
    const samples::FileSizeLimit limit(300'000);
    CHECK(rig.file->compact().code() == Code::io_error);
  }
  CHECK(rig.file->now() == before);
  rig.put(1, 1, "goes on");
  CHECK(rig.get(0, 19) == large);
  CHECK_FALSE(fs::exists(rig.config.file.string() + ".compact"));
  REQUIRE(rig.file->compact().ok());
  rig.open();
  CHECK(rig.get(1, 1) == "goes on");
  CHECK(rig.get(0, 19) == large);
}

TEST_CASE("what an interrupted copy has left is taken away at the next opening") {
  samples::Place place(samples::Kind::lmdb);
  place.open().reset();
  for (const char* left : {"journal.mdb.compact", "journal.mdb.compact-lock",
                           "state.mdb.compact.new", "state.mdb.compact"}) {
    std::ofstream(place.directory() / left) << "somebody's details";
  }
  place.open().reset();
  for (const auto& entry : fs::directory_iterator(place.directory())) {
    INFO(entry.path().string());
    CHECK(entry.path().string().find("compact") == std::string::npos);
  }
}

}  // namespace
