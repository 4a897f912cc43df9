// Damage to the page that names the tables, and to what the meta pages say of the whole file.
#include <algorithm>
#include <string>

#include <catch2/catch.hpp>

#include "store/seal.hpp"
#include "unit/store/journal_file.hpp"

namespace {

using namespace janji;
using samples::kPage;
using store::lmdb::Meta;
using store::lmdb::Node;
using store::lmdb::NodeHeader;
using store::lmdb::Page;
using store::lmdb::PageNumber;
using store::lmdb::Tree;

const std::string kAdvice = "; restore the directory from a backup, and keep this one";

// Its main page: chunks, details and the seal.
struct MainPage {
  MainPage() {
    REQUIRE(page.parse(file.page(root), root, true) == nullptr);
    REQUIRE(page.nodes().size() == 3);
  }
  std::size_t at(std::size_t node) const {
    return file.offset_of(page.nodes()[node].key) - sizeof(NodeHeader);
  }
  void require_words(const std::string& words) const {
    const std::string said = file.check();
    INFO(said);
    CHECK(said.find("journal.mdb: " + words + kAdvice) != std::string::npos);
  }

  samples::JournalFile file;
  PageNumber root = file.meta(file.newest()).main.root;
  Page page;
};

TEST_CASE("main page: names of tables out of order") {
  MainPage main;
  const std::size_t offsets = main.root * kPage + sizeof(store::lmdb::PageHeader);
  const auto first = main.file.get<std::uint16_t>(offsets);
  main.file.put(offsets, main.file.get<std::uint16_t>(offsets + 2));
  main.file.put(offsets + 2, first);
  main.require_words("page " + std::to_string(main.root) + " has names out of order");
}

TEST_CASE("main page: a table that isn't there, or isn't a table") {
  MainPage main;
  auto header = main.file.get<NodeHeader>(main.at(0));
  SECTION("of another name") {
    main.file.put(main.at(0) + sizeof header, 'b');
  }
  SECTION("a plain row") {
    header.flags = 0;
    main.file.put(main.at(0), header);
  }
  main.require_words("the table of chunks isn't there");
}

TEST_CASE("main page: a table with flags that were never set") {
  MainPage main;
  const std::size_t at = main.file.offset_of(main.page.nodes()[1].data);
  auto tree = main.file.get<Tree>(at);
  if (GENERATE(true, false)) {
    tree.flags = 0;
  } else {
    tree.pad = 1;
  }
  main.file.put(at, tree);
  main.require_words("the table of details has flags that were never set");
}

TEST_CASE("main page: a table of an impossible depth") {
  MainPage main;
  const std::size_t at = main.file.offset_of(main.page.nodes()[0].data);
  auto tree = main.file.get<Tree>(at);
  tree.depth = GENERATE(std::uint16_t{0}, std::uint16_t{200});
  main.file.put(at, tree);
  main.require_words("the table of chunks has an impossible depth");
}

TEST_CASE("main page: rows of a table that none can be") {
  MainPage main;
  const Page leaf = main.file.leaf(main.file.chunks().root);
  // One whose value lies in the page itself.
  const auto inside = std::find_if(leaf.nodes().begin(), leaf.nodes().end(),
                                   [](const Node& node) { return node.header.flags == 0; });
  REQUIRE(inside != leaf.nodes().end());
  const std::size_t at = main.file.offset_of(inside->key) - sizeof(NodeHeader);
  const std::string page = "page " + std::to_string(at / kPage);
  auto header = main.file.get<NodeHeader>(at);
  SECTION("a key of another size") {
    header.key_size = 6;
    header.low = static_cast<std::uint16_t>(header.low + 2);
    main.file.put(at, header);
    main.require_words(page + " has a key of a wrong size");
  }
  SECTION("flags that were never set") {
    header.flags = 4;
    main.file.put(at, header);
    main.require_words(page + " has an entry with flags that were never set");
  }
}

TEST_CASE("main page: a seal that is none") {
  MainPage main;
  const std::string snapshot = "the snapshot of transaction " +
                               std::to_string(main.file.meta(main.file.newest()).transaction) +
                               " has ";
  SECTION("of another name") {
    main.file.put(main.at(2) + sizeof(NodeHeader), 't');
    main.require_words(snapshot + "no main table with a seal");
  }
  SECTION("of another kind") {
    auto header = main.file.get<NodeHeader>(main.at(2));
    header.flags = NodeHeader::kSubTree;
    main.file.put(main.at(2), header);
    main.require_words(snapshot + "no main table with a seal");
  }
  SECTION("with a wrong checksum") {
    const std::size_t at = main.file.offset_of(main.page.nodes()[2].data);
    auto seal = main.file.get<store::lmdb::Seal>(at);
    const std::string number = std::to_string(seal.transaction);
    seal.checksum ^= 1;
    main.file.put(at, seal);
    main.require_words(snapshot + "the seal of transaction " + number + ": a meta page is damaged");
  }
}

TEST_CASE("meta pages: sizes and ends that can't be") {
  MainPage main;
  Meta meta = main.file.meta(0);
  std::string words = "page 0 says an impossible size of pages, or the file is cut off";
  SECTION("not a power of two") {
    meta.free_pages.pad = 4097;
  }
  SECTION("too small") {
    meta.free_pages.pad = 256;
  }
  SECTION("too large") {
    meta.free_pages.pad = 131072;
  }
  SECTION("an end before itself") {
    meta.last_page = 0;
    words = "page 0 says that it isn't in the file itself";
  }
  SECTION("a main table of another depth") {
    const PageNumber newest = main.file.newest();
    meta = main.file.meta(newest);
    meta.main.depth = 2;
    main.file.put_meta(newest, meta);
    meta = main.file.meta(0);
    words = "the main table isn't one page";
  }
  main.file.put_meta(0, meta);
  main.require_words(words);
}

}  // namespace
