// A journal's file on the disk, read into memory to be damaged on purpose.
#pragma once

#include <cstring>
#include <filesystem>
#include <fstream>
#include <string>

#include <catch2/catch.hpp>

#include "store/lmdb_file_check.hpp"
#include "store/lmdb_pages.hpp"
#include "unit/store/stores.hpp"

namespace janji::samples {

using store::lmdb::Meta;
using store::lmdb::Page;
using store::lmdb::PageBytes;
using store::lmdb::PageHeader;
using store::lmdb::PageNumber;
using store::lmdb::Tree;

inline constexpr std::size_t kPage = 4096;
inline constexpr const char* kTables[] = {"chunks", "details"};

// A journal with a tree of some depth, overflow pages and free ones; closed, to be damaged.
class JournalFile {
 public:
  JournalFile() {
    auto stores = place_.open();
    journal::ChainPoint point;
    for (int i = 0; i < 300; ++i) {
      const auto chunk = samples::tick_chunk(point, i % 3 == 0 ? 500 : 5);
      REQUIRE(stores->journal().begin().ok());
      REQUIRE(samples::append(stores->journal(), chunk).ok());
      REQUIRE(stores->journal().put_details(chunk.point.last, samples::some_bytes(900, 1)).ok());
      if (i > 280) REQUIRE(stores->journal().trim(point.last, 3).ok());
      REQUIRE(stores->journal().commit(true).ok());
      point = chunk.point;
    }
    stores.reset();
    path_ = place_.directory() / "journal.mdb";
    std::ifstream file(path_, std::ios::binary);
    bytes_.assign(std::istreambuf_iterator<char>(file), {});
    REQUIRE(check() == "");
  }

  // The words of the check, after `spoil` was written.
  std::string check() const {
    std::ofstream(path_, std::ios::binary | std::ios::trunc) << bytes_;
    const Status status = store::lmdb::check_file(path_, kTables);
    if (status.ok()) return "";
    REQUIRE(status.code() == Code::damaged);
    REQUIRE(status.error().detail.find("journal.mdb: ") != std::string::npos);
    return status.error().detail;
  }

  template <class T>
  T get(std::size_t at) const {
    T value;
    std::memcpy(&value, &bytes_.at(at), sizeof value);
    return value;
  }
  template <class T>
  void put(std::size_t at, const T& value) {
    std::memcpy(&bytes_.at(at), &value, sizeof value);
  }
  Meta meta(PageNumber page) const { return get<Meta>(page * kPage + sizeof(PageHeader)); }
  void put_meta(PageNumber page, const Meta& meta) { put(page * kPage + sizeof(PageHeader), meta); }
  PageNumber newest() const { return meta(0).transaction > meta(1).transaction ? 0 : 1; }

  PageBytes page(PageNumber number) const {
    return std::as_bytes(std::span(bytes_).subspan(number * kPage, kPage));
  }
  std::size_t offset_of(PageBytes bytes) const {
    return static_cast<std::size_t>(bytes.data() - std::as_bytes(std::span(bytes_)).data());
  }
  Tree chunks() const {
    Page parsed;
    REQUIRE(parsed.parse(page(meta(newest()).main.root), meta(newest()).main.root, true) ==
            nullptr);
    return store::lmdb::read_at<Tree>(parsed.nodes().front().data, 0);
  }
  // The leftmost leaf of a tree of depth 2.
  Page leaf(PageNumber root, std::size_t child = 0) const {
    Page branch;
    REQUIRE(branch.parse(page(root), root, false) == nullptr);
    const PageNumber number = branch.nodes()[child].header.child();
    Page parsed;
    REQUIRE(parsed.parse(page(number), number, true) == nullptr);
    return parsed;
  }
  std::string& bytes() { return bytes_; }
  std::string on_disk() const {
    std::ifstream file(path_, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }

 private:
  Place place_{Kind::lmdb};
  std::filesystem::path path_;
  std::string bytes_;
};

}  // namespace janji::samples
