// The shadow of a disk, on sequences of calls made by hand: what must be in an image, what must not
// be, and what may.
#include <catch2/catch.hpp>

#include <set>
#include <string>

#include "power/shadow.hpp"
#include "support/scratch_directory.hpp"

namespace {

using namespace janji;
using namespace janji::power;

struct Disk {
  test::ScratchDirectory directory;
  std::string root = directory.path().string();
  Shadow shadow{root};

  std::string path(const std::string& name) const { return root + '/' + name; }
  Shadow::Ticket write(const std::string& name, std::uint64_t at, const std::string& text,
                       bool through = false) {
    return shadow.write(path(name), at, std::as_bytes(std::span(text)), through);
  }
  void sync(const std::string& name) { shadow.done(shadow.sync(path(name))); }
  void sync_root() { shadow.done(shadow.sync(root)); }
  // A file whose name is durable.
  void make(const std::string& name) {
    shadow.make_file(path(name));
    sync_root();
  }
  std::string file(const std::string& name, const Fates& fates) const {
    const Image image = shadow.image(fates);
    if (!image.has(name)) return "is missing";
    const auto& bytes = image.file(name);
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
  }
  // All that the file is in many images.
  std::set<std::string> seen(const std::string& name, int kept = 50, int torn = 50) const {
    std::set<std::string> all;
    for (std::uint64_t seed = 1; seed <= 300; ++seed) all.insert(file(name, {seed, kept, torn}));
    return all;
  }
};

std::string sectors(const std::string& letters) {
  std::string text;
  for (const char letter : letters) text += std::string(kSector, letter);
  return text;
}

// Each sector's first letter; '.' for zeros.
std::string letters(const std::string& bytes) {
  std::string all;
  for (std::size_t at = 0; at < bytes.size(); at += kSector) {
    all += bytes[at] == '\0' ? '.' : bytes[at];
  }
  return all;
}

TEST_CASE("what wasn't synced is there, or not, and what was is there") {
  Disk disk;
  disk.make("a");
  disk.write("a", 0, "old");
  CHECK(disk.seen("a", 50, 0) == std::set<std::string>{"", "old"});
  disk.sync("a");
  CHECK(disk.seen("a") == std::set<std::string>{"old"});
  disk.write("a", 0, "new");
  CHECK(disk.seen("a", 50, 0) == std::set<std::string>{"old", "new"});
  disk.sync("a");
  CHECK(disk.seen("a") == std::set<std::string>{"new"});
}

TEST_CASE("a sync counts when it has returned, for what was written before it was called") {
  Disk disk;
  disk.make("a");
  disk.write("a", 0, "1");
  const Shadow::Ticket sync = disk.shadow.sync(disk.path("a"));
  CHECK(disk.file("a", Fates::none()) == "");
  disk.write("a", 0, "2");
  disk.shadow.done(sync);
  CHECK(disk.seen("a", 50, 0) == std::set<std::string>{"1", "2"});
}

TEST_CASE("a file's sync is nothing to another file") {
  Disk disk;
  disk.make("a");
  disk.make("b");
  disk.write("a", 0, "1");
  disk.write("b", 0, "1");
  disk.sync("a");
  CHECK(disk.file("a", Fates::none()) == "1");
  CHECK(disk.file("b", Fates::none()) == "");
}

TEST_CASE("writes are torn at sectors, in any part, and nowhere else") {
  Disk disk;
  disk.make("a");
  disk.write("a", 0, sectors("abc"));
  disk.sync("a");
  disk.write("a", 0, sectors("ABC"));
  std::set<std::string> seen;
  for (const std::string& bytes : disk.seen("a", 100, 100)) {
    REQUIRE(bytes == sectors(letters(bytes)));
    seen.insert(letters(bytes));
  }
  CHECK(seen == std::set<std::string>{"abc", "abC", "aBc", "aBC", "Abc", "AbC", "ABc", "ABC"});
}

TEST_CASE("of several writes to a sector each may be the one that is found") {
  Disk disk;
  disk.make("a");
  for (const char* text : {"1", "2", "3"}) disk.write("a", 0, text);
  CHECK(disk.seen("a", 50, 0) == std::set<std::string>{"", "1", "2", "3"});
  CHECK(disk.file("a", Fates::all()) == "3");
}

TEST_CASE("a write through is durable when it returned, and alone, and torn until then") {
  Disk disk;
  disk.make("a");
  disk.write("a", 0, sectors("ab"));
  disk.sync("a");
  disk.write("a", 0, sectors("x"));
  const Shadow::Ticket through = disk.write("a", kSector, sectors("YZ"), true);
  std::set<std::string> seen;
  for (const std::string& bytes : disk.seen("a", 50, 50)) seen.insert(letters(bytes));
  CHECK(seen.contains("ab"));
  CHECK(seen.contains("aYZ"));
  CHECK(seen.contains("aY"));   // torn
  CHECK(seen.contains("ab."));  // its size, and nothing of it
  disk.shadow.done(through);
  seen.clear();
  for (const std::string& bytes : disk.seen("a", 50, 50)) seen.insert(letters(bytes));
  CHECK(seen == std::set<std::string>{"aYZ", "xYZ"});
}

TEST_CASE("a write through ends what was written before it to the same sectors") {
  Disk disk;
  disk.make("a");
  disk.write("a", 0, "1");
  disk.shadow.done(disk.write("a", 0, "2", true));
  CHECK(disk.seen("a") == std::set<std::string>{"2"});
}

TEST_CASE("a file that was cut may have its old end, until it is synced") {
  Disk disk;
  disk.make("a");
  disk.write("a", 0, "long text");
  disk.sync("a");
  disk.write("a", 0, "LONG");
  disk.shadow.resize(disk.path("a"), 4);
  const std::string zeros("LONG\0\0\0\0\0", 9);
  CHECK(disk.seen("a", 50, 0) ==
        std::set<std::string>{"long text", "LONG text", zeros, "long", "LONG"});
  disk.sync("a");
  CHECK(disk.seen("a") == std::set<std::string>{"LONG"});
}

TEST_CASE(
    "a file whose directory wasn't synced may be missing, however well it was synced itself") {
  Disk disk;
  disk.shadow.make_file(disk.path("a"));
  disk.write("a", 0, "text");
  disk.sync("a");
  CHECK(disk.seen("a") == std::set<std::string>{"is missing", "text"});
  disk.sync_root();
  CHECK(disk.seen("a") == std::set<std::string>{"text"});
}

TEST_CASE("a rename happened or not, and brings whatever the file has") {
  Disk disk;
  disk.make("a");
  disk.write("a", 0, "old");
  disk.sync("a");
  disk.shadow.make_file(disk.path("a.new"));
  disk.write("a.new", 0, "new");
  disk.shadow.rename(disk.path("a.new"), disk.path("a"));
  CHECK(disk.seen("a", 50, 0) == std::set<std::string>{"old", "", "new"});
  disk.sync("a");
  CHECK(disk.seen("a", 50, 0) == std::set<std::string>{"old", "new"});
  disk.sync_root();
  CHECK(disk.seen("a") == std::set<std::string>{"new"});
  CHECK(disk.seen("a.new") == std::set<std::string>{"is missing"});
}

TEST_CASE("a file that was removed may be there still, and what takes its name is another") {
  Disk disk;
  disk.make("a");
  disk.write("a", 0, "old");
  disk.sync("a");
  disk.shadow.remove(disk.path("a"));
  CHECK(disk.seen("a") == std::set<std::string>{"is missing", "old"});
  disk.shadow.make_file(disk.path("a"));
  disk.write("a", 0, "new");
  disk.sync("a");
  CHECK(disk.seen("a") == std::set<std::string>{"is missing", "old", "new"});
}

TEST_CASE("what a lost directory holds is lost with it") {
  Disk disk;
  disk.shadow.make_directory(disk.path("data"));
  disk.shadow.make_file(disk.path("data/a"));
  disk.write("data/a", 0, "text");
  disk.sync("data/a");
  disk.sync("data");
  CHECK(disk.seen("data/a") == std::set<std::string>{"is missing", "text"});
  disk.sync_root();
  CHECK(disk.seen("data/a") == std::set<std::string>{"text"});
}

TEST_CASE("what was there before is durable, and an image can be written out and taken in") {
  Disk disk;
  disk.shadow.make_directory(disk.path("data"));
  disk.sync_root();
  disk.shadow.make_file(disk.path("data/a"));
  disk.write("data/a", 0, "text");
  disk.sync("data/a");
  disk.sync("data");
  Disk other;
  disk.shadow.image(Fates::all()).write_to(other.root);
  other.shadow = Shadow(other.root);
  CHECK(other.file("data/a", Fates::none()) == "text");
}

}  // namespace
