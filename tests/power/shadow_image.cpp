// What may be on the disk.
#include "power/shadow.hpp"

#include <algorithm>
#include <cstring>

namespace janji::power {

Image Shadow::image(const Fates& fates) const {
  Image image;
  draw(*top_, root_, "", fates, image);
  return image;
}

void Shadow::draw(const Node& node, const std::filesystem::path& path, const std::string& name,
                  const Fates& fates, Image& image) const {
  if (!node.directory) return image.add_file(name, draw_file(node, path, fates));
  if (!name.empty()) image.add_directory(name);
  Entries entries = node.durable_entries;
  for (const EntryChange& change : node.changes) {
    if (fates.reached(change.change)) apply(change, entries);
  }
  for (const auto& [below, child] : entries) {
    draw(*child, path / below, name.empty() ? below : name + '/' + below, fates, image);
  }
}

std::vector<std::byte> Shadow::draw_file(const Node& node, const std::filesystem::path& path,
                                         const Fates& fates) const {
  std::vector<std::byte> bytes = node.durable;
  std::uint64_t size = bytes.size();
  for (const Resize& one : node.resizes) {
    if (fates.resized(one.change)) size = one.exact ? one.size : std::max(size, one.size);
  }
  for (const auto& [sector, versions] : node.sectors) {
    const std::uint64_t at = sector * kSector;
    for (const Version& version : versions) {
      if (!fates.reached(version.change, sector)) continue;
      if (bytes.size() < at + kSector) bytes.resize(at + kSector);
      std::memcpy(bytes.data() + at, version.bytes.data(), kSector);
      // A sector that reached the disk is in the file, unless the file was cut before it since.
      if (at < node.size) size = std::max(size, std::min(at + kSector, node.size));
    }
  }
  bytes.resize(size);
  if (node.mapped) {
    const std::vector<std::byte> now = read_file(path);
    for (std::uint64_t at = 0; at < std::min(size, now.size()); at += kSector) {
      if (!fates.mapped(at / kSector)) continue;
      std::memcpy(bytes.data() + at, now.data() + at,
                  std::min(kSector, std::min(size, now.size()) - at));
    }
  }
  return bytes;
}

}  // namespace janji::power
