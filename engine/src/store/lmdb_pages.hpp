// The pages of a file, each bound to be inside of it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <span>
#include <type_traits>
#include <vector>

#include <janji/result.hpp>

#include "store/files.hpp"
#include "store/lmdb_file.hpp"

namespace janji::store::lmdb {

using PageBytes = std::span<const std::byte>;

template <class T>
T read_at(PageBytes bytes, std::size_t offset) {
  static_assert(std::is_trivially_copyable_v<T>);
  T value;
  std::memcpy(&value, bytes.data() + offset, sizeof value);
  return value;
}

// A file that is mapped to be read.
class MappedFile {
 public:
  static Result<std::unique_ptr<MappedFile>> open(const files::Path& path);
  ~MappedFile();
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;

  PageBytes bytes() const { return bytes_; }

 private:
  explicit MappedFile(PageBytes bytes) : bytes_(bytes) {}
  PageBytes bytes_;
};

struct Node {
  NodeHeader header;
  PageBytes key;
  PageBytes data;  // of a leaf; of a big one the overflow page's number
};

// A branch or leaf page whose nodes have been found to lie inside of it and fill it.
class Page {
 public:
  // Empty words: it is sound. `bytes` is the whole page.
  const char* parse(PageBytes bytes, PageNumber number, bool leaf);

  std::span<const Node> nodes() const { return nodes_; }

 private:
  const char* parse_nodes(PageBytes bytes, const PageHeader& header, bool leaf);

  std::vector<Node> nodes_;
  std::vector<std::pair<std::size_t, std::size_t>> extents_;  // scratch: where each node lies
};

}  // namespace janji::store::lmdb
