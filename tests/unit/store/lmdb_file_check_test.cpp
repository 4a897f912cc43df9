// Damage that a flipped bit at random would hardly ever be: made on purpose, each kind found.
#include "store/lmdb_file_check.hpp"

#include <cstring>
#include <fstream>
#include <set>
#include <string>

#include <catch2/catch.hpp>

#include "store/lmdb_pages.hpp"
#include "unit/store/journal_file.hpp"

namespace {

using namespace janji;
using samples::Kind;
using samples::kPage;
using samples::kTables;
using samples::Place;
using store::lmdb::Meta;
using store::lmdb::NodeHeader;
using store::lmdb::Page;
using store::lmdb::PageBytes;
using store::lmdb::PageHeader;
using store::lmdb::PageNumber;
using store::lmdb::Tree;
using File = samples::JournalFile;

bool says(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

TEST_CASE("a snapshot that is served before its time, or after it, is found by its seal") {
  File file;
  const PageNumber newest = file.newest();
  const PageNumber older = 1 - newest;
  SECTION("the older meta page grew") {
    Meta meta = file.meta(older);
    meta.transaction += 2;
    file.put_meta(older, meta);
    const std::string number = std::to_string(meta.transaction);
    CHECK(says(file.check(), "the snapshot of transaction " + number +
                                 " has the seal of transaction " +
                                 std::to_string(meta.transaction - 2)));
  }
  SECTION("one is of a transaction of the other's") {
    Meta meta = file.meta(newest);
    meta.transaction += 1;
    file.put_meta(newest, meta);
    CHECK(says(file.check(), "belongs to the other"));
  }
  SECTION("they don't follow each other") {
    Meta meta = file.meta(newest);
    meta.transaction += 1024;
    file.put_meta(newest, meta);
    CHECK(says(file.check(), "don't follow each other"));
  }
}

TEST_CASE("a newest meta page that says an older number gets its own back, if all of it is whole") {
  File file;
  const std::string whole = file.bytes();
  const PageNumber newest = file.newest();
  Meta meta = file.meta(newest);
  const Tree chunks = file.chunks();
  meta.transaction -= 2;
  SECTION("the number alone") {
    file.put_meta(newest, meta);
    CHECK(file.check() == "");
    CHECK(file.on_disk() == whole);
  }
  SECTION("and its last page") {
    meta.last_page = file.meta(1 - newest).last_page - 10;
    file.put_meta(newest, meta);
    CHECK(file.check() == "");
    CHECK(file.on_disk() == whole);
  }
  SECTION("a page of its tables is damaged") {
    file.put_meta(newest, meta);
    file.put(chunks.root * kPage, chunks.root + 1);
    CHECK(says(file.check(), "page " + std::to_string(chunks.root) + " says that it is another"));
  }
  SECTION("so is its main page: whose it is can't be told") {
    file.put_meta(newest, meta);
    file.put(meta.main.root * kPage, PageNumber{0});
    CHECK(says(file.check(), "has no main table with a seal"));
  }
}

TEST_CASE("what is damaged is refused with what to do") {
  File file;
  file.put(0, std::uint64_t{1} << 63);
  file.put(kPage + sizeof(PageHeader), std::uint32_t{0});
  CHECK(says(file.check(), "; restore the directory from a backup"));
}

TEST_CASE("a page in use that is listed as free is found") {
  File file;
  const Tree free_pages = file.meta(file.newest()).free_pages;
  REQUIRE(free_pages.depth == 1);
  Page leaf;
  REQUIRE(leaf.parse(file.page(free_pages.root), free_pages.root, true) == nullptr);
  const PageBytes list = leaf.nodes().front().data;
  const auto count = store::lmdb::read_at<std::uint64_t>(list, 0);
  REQUIRE(count > 0);
  // The list descends: its last number may become any smaller one.
  const std::size_t last = file.offset_of(list) + count * sizeof(PageNumber);
  SECTION("in use") {
    std::set<PageNumber> free;
    for (const auto& node : leaf.nodes()) {
      const auto listed = store::lmdb::read_at<std::uint64_t>(node.data, 0);
      for (std::size_t i = 1; i <= listed; ++i) {
        free.insert(store::lmdb::read_at<PageNumber>(node.data, i * sizeof(PageNumber)));
      }
    }
    PageNumber used = 2;
    while (free.contains(used)) ++used;
    REQUIRE(used < file.get<PageNumber>(last));
    file.put(last, used);
    CHECK(says(file.check(),
               "page " + std::to_string(used) + " is listed as free, and is in two places"));
  }
  SECTION("a meta page") {
    file.put(last, PageNumber{1});
    CHECK(says(file.check(), "page 1 is listed as free, and is a meta page"));
  }
  SECTION("out of order") {
    file.put(last, file.meta(file.newest()).last_page + 1);
    CHECK(says(file.check(), count > 1 ? "lists free pages out of order" : "listed as free"));
  }
  SECTION("more than there are") {
    file.put(file.offset_of(list), std::uint64_t{1} << 40);
    CHECK(says(file.check(), "has a list that is cut off"));
  }
}

TEST_CASE("two rows that share their overflow page are found") {
  File file;
  const Page leaf = file.leaf(file.chunks().root, 1);
  std::vector<std::size_t> big;
  for (const auto& node : leaf.nodes()) {
    if (node.header.flags == NodeHeader::kBigData) big.push_back(file.offset_of(node.data));
  }
  REQUIRE(big.size() >= 2);
  file.put(big[1], file.get<PageNumber>(big[0]));
  CHECK(says(file.check(), "is in two places"));
}

TEST_CASE("a branch whose children changed places is found") {
  File file;
  const PageNumber root = file.chunks().root;
  Page branch;
  REQUIRE(branch.parse(file.page(root), root, false) == nullptr);
  const std::size_t a = file.offset_of(branch.nodes()[0].key) - sizeof(NodeHeader);
  const std::size_t b = file.offset_of(branch.nodes()[1].key) - sizeof(NodeHeader);
  const auto low_a = file.get<std::uint32_t>(a);
  file.put(a, file.get<std::uint32_t>(b));
  file.put(b, low_a);
  CHECK(says(file.check(), "has keys out of order"));
}

TEST_CASE("a key that leaves its parent's range is found") {
  File file;
  const Page leaf = file.leaf(file.chunks().root, 1);
  const std::size_t at = file.offset_of(leaf.nodes().back().key);
  file.put(at, file.get<std::uint64_t>(at) + (1U << 20));
  CHECK(says(file.check(), "has keys out of order"));
}

TEST_CASE("rows that are gone from a leaf are missed by the count") {
  File file;
  Meta meta = file.meta(file.newest());
  meta.main.entries -= 1;
  file.put_meta(file.newest(), meta);
  CHECK(says(file.check(), "the table of tables has other counts"));
}

TEST_CASE("a file that is cut off is found, wherever") {
  File file;
  const std::string whole = file.bytes();
  const std::size_t pages = whole.size() / kPage;
  for (std::size_t left : {std::size_t{0}, std::size_t{100}, kPage, 2 * kPage, pages / 2 * kPage,
                           (pages - 20) * kPage}) {
    file.bytes().resize(left);
    CHECK(file.check() != "");
    file.bytes() = whole;
  }
  Meta meta = file.meta(file.newest());
  meta.last_page += 1U << 22;
  file.put_meta(file.newest(), meta);
  CHECK(says(file.check(), "its last page would be far beyond its end"));
}

TEST_CASE("another version of LMDB, and flags that were never set, are found") {
  File file;
  Meta meta = file.meta(0);
  SECTION("version") {
    meta.version = 2;
    file.put_meta(0, meta);
    CHECK(says(file.check(), "page 0 is of another version of LMDB"));
  }
  SECTION("flags") {
    meta.free_pages.flags |= 0x04;
    file.put_meta(0, meta);
    CHECK(says(file.check(), "page 0 has flags that were never set"));
  }
  SECTION("page size") {
    meta.free_pages.pad = 8192;
    file.put_meta(0, meta);
    CHECK(file.check() != "");
  }
}

TEST_CASE("the tables that a file must have are asked for") {
  Place place(Kind::lmdb);
  place.open().reset();
  constexpr const char* kOthers[] = {"chunks", "drawings"};
  const Status status = store::lmdb::check_file(place.directory() / "journal.mdb", kOthers);
  REQUIRE(status.code() == Code::damaged);
  CHECK(says(status.error().detail, "the table of drawings isn't there"));
}

}  // namespace
