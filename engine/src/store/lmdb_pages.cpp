#include "store/lmdb_pages.hpp"

#include <algorithm>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

namespace janji::store::lmdb {

Result<std::unique_ptr<MappedFile>> MappedFile::open(const files::Path& path) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return files::last_error(path, "opening");
  struct stat status {};
  if (::fstat(descriptor, &status) != 0) {
    const Error error = files::last_error(path, "asking for its size");
    ::close(descriptor);
    return error;
  }
  const auto size = static_cast<std::size_t>(status.st_size);
  void* map = size == 0 ? nullptr : ::mmap(nullptr, size, PROT_READ, MAP_SHARED, descriptor, 0);
  ::close(descriptor);
  if (map == MAP_FAILED) return files::last_error(path, "mapping");
  return std::unique_ptr<MappedFile>(
      new MappedFile(PageBytes(static_cast<const std::byte*>(map), size)));
}

MappedFile::~MappedFile() {
  if (!bytes_.empty()) ::munmap(const_cast<std::byte*>(bytes_.data()), bytes_.size());
}

const char* Page::parse(PageBytes bytes, PageNumber number, bool leaf) {
  nodes_.clear();
  const auto header = read_at<PageHeader>(bytes, 0);
  if (header.number != number) return "says that it is another page";
  if (header.flags != (leaf ? PageHeader::kLeaf : PageHeader::kBranch)) {
    return "isn't of the kind that its place in the tree asks for";
  }
  if (header.lower < sizeof header || header.lower > header.upper || header.upper > bytes.size() ||
      header.lower % 2 != 0) {
    return "has impossible bounds";
  }
  const std::size_t nodes = (header.lower - sizeof header) / 2;
  if (nodes < (leaf ? 1 : 2)) return "has too few entries";
  return parse_nodes(bytes, header, leaf);
}

const char* Page::parse_nodes(PageBytes bytes, const PageHeader& header, bool leaf) {
  extents_.clear();
  for (std::size_t at = sizeof header; at < header.lower; at += 2) {
    const std::size_t offset = read_at<std::uint16_t>(bytes, at);
    if (offset < header.upper || offset % 2 != 0 || offset + sizeof(NodeHeader) > bytes.size()) {
      return "has an entry outside of it";
    }
    Node node{read_at<NodeHeader>(bytes, offset), {}, {}};
    const bool big = leaf && node.header.flags == NodeHeader::kBigData;
    const std::size_t data = !leaf ? 0 : big ? sizeof(PageNumber) : node.header.data_size();
    const std::size_t size = sizeof(NodeHeader) + node.header.key_size + data;
    if (size > bytes.size() - offset) return "has an entry that goes beyond it";
    node.key = bytes.subspan(offset + sizeof(NodeHeader), node.header.key_size);
    node.data = bytes.subspan(offset + sizeof(NodeHeader) + node.header.key_size, data);
    nodes_.push_back(node);
    extents_.emplace_back(offset, (size + 1) / 2 * 2);
  }
  std::sort(extents_.begin(), extents_.end());
  std::size_t end = header.upper;
  for (const auto& [offset, size] : extents_) {
    if (offset != end) return "has entries that overlap or leave gaps";
    end += size;
  }
  return end == bytes.size() ? nullptr : "has entries that don't fill it";
}

}  // namespace janji::store::lmdb
