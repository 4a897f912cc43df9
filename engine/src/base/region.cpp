#include "base/region.hpp"

#include <sys/mman.h>

namespace janji::base {

namespace {

constexpr std::size_t kHugePage = std::size_t{2} << 20;
constexpr std::size_t kPage = 4096;

std::size_t mapped_size(std::size_t bytes) {
  const std::size_t unit = bytes >= kHugePage ? kHugePage : kPage;
  return (bytes + unit - 1) / unit * unit;
}

}  // namespace

void* map_region(std::size_t bytes, bool huge_pages) noexcept {
  if (bytes == 0) bytes = 1;
  const std::size_t size = mapped_size(bytes);
  void* memory = mmap(nullptr, size, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (memory == MAP_FAILED) return nullptr;
  // Advice only: without huge pages the tables work the same, some percent slower.
  if (huge_pages && size >= kHugePage) madvise(memory, size, MADV_HUGEPAGE);
  auto* bytes_of = static_cast<volatile unsigned char*>(memory);
  for (std::size_t at = 0; at < size; at += kPage) bytes_of[at] = 0;
  return memory;
}

void unmap_region(void* memory, std::size_t bytes) noexcept {
  munmap(memory, mapped_size(bytes == 0 ? 1 : bytes));
}

}  // namespace janji::base
