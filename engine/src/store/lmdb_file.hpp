// The layout of an LMDB data file, as far as checking it needs: data version 1, as LMDB 0.9 writes
// it on 64-bit little-endian machines. Source: libraries/liblmdb/mdb.c of LMDB, "Page Format".
//
// Everything is read by copying: no alignment is assumed, and whoever uses these has checked that
// what is copied lies inside the file.
#pragma once

#include <cstddef>
#include <cstdint>

namespace janji::store::lmdb {

using PageNumber = std::uint64_t;

struct PageHeader {
  static constexpr std::uint16_t kBranch = 0x01;
  static constexpr std::uint16_t kLeaf = 0x02;
  static constexpr std::uint16_t kOverflow = 0x04;
  static constexpr std::uint16_t kMeta = 0x08;

  PageNumber number;
  std::uint16_t pad;
  std::uint16_t flags;
  std::uint16_t lower;  // offsets of the page's free space; the nodes' offsets stand before it,
  std::uint16_t upper;  // the nodes behind it. An overflow page has its page count here instead.

  std::uint32_t overflow_pages() const { return lower | std::uint32_t{upper} << 16; }
};
static_assert(sizeof(PageHeader) == 16);

struct NodeHeader {
  static constexpr std::uint16_t kBigData = 0x01;  // the data is the number of an overflow page
  static constexpr std::uint16_t kSubTree = 0x02;  // the data is a Tree

  std::uint16_t low, high, flags, key_size;

  std::uint32_t data_size() const { return low | std::uint32_t{high} << 16; }
  PageNumber child() const { return low | std::uint64_t{high} << 16 | std::uint64_t{flags} << 32; }
};
static_assert(sizeof(NodeHeader) == 8);

struct Tree {
  static constexpr std::uint16_t kIntegerKey = 0x08;
  static constexpr PageNumber kNoRoot = ~PageNumber{0};

  std::uint32_t pad;  // in the tree of free pages: the size of a page
  std::uint16_t flags;
  std::uint16_t depth;
  std::uint64_t branch_pages, leaf_pages, overflow_pages, entries;
  PageNumber root;
};
static_assert(sizeof(Tree) == 48);

// Behind the header of pages 0 and 1. Transaction n writes page n % 2.
struct Meta {
  static constexpr std::uint32_t kMagic = 0xBEEFC0DE;
  static constexpr std::uint32_t kVersion = 1;

  std::uint32_t magic, version;
  std::uint64_t address, map_size;
  Tree free_pages, main;
  PageNumber last_page;
  std::uint64_t transaction;
};
static_assert(sizeof(Meta) == 136);

}  // namespace janji::store::lmdb
