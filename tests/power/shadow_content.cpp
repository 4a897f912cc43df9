// What was written and what of it is synced.
#include "power/shadow.hpp"

#include <algorithm>
#include <cstring>
#include <iterator>

namespace janji::power {

std::array<std::byte, kSector> Shadow::latest(const Node& node, std::uint64_t sector) {
  if (const auto found = node.sectors.find(sector); found != node.sectors.end()) {
    return found->second.back().bytes;
  }
  std::array<std::byte, kSector> bytes{};
  const std::uint64_t at = sector * kSector;
  if (at < node.durable.size()) {
    std::memcpy(bytes.data(), node.durable.data() + at,
                std::min(kSector, node.durable.size() - at));
  }
  return bytes;
}

// As change number `change_`.
void Shadow::put(Node& node, std::uint64_t at, Bytes bytes) {
  while (!bytes.empty()) {
    const std::uint64_t sector = at / kSector;
    const std::size_t from = at % kSector;
    const std::size_t many = std::min(kSector - from, bytes.size());
    Version version{change_, latest(node, sector)};
    std::memcpy(version.bytes.data() + from, bytes.data(), many);
    node.sectors[sector].push_back(version);
    bytes = bytes.subspan(many);
    at += many;
  }
}

Shadow::Ticket Shadow::write(const std::string& path, std::uint64_t at, Bytes bytes, bool through) {
  Ticket ticket;
  const NodePointer node = find(path);
  if (!node || bytes.empty()) return ticket;
  ++change_;
  put(*node, at, bytes);
  const std::uint64_t end = at + bytes.size();
  if (end > node->size) {
    node->size = end;
    node->resizes.push_back({change_, end, false});
  }
  if (!through) return ticket;
  ticket.what_ = Ticket::What::write;
  ticket.node_ = node;
  ticket.change_ = change_;
  ticket.first_ = at / kSector;
  ticket.last_ = (end - 1) / kSector;
  return ticket;
}

void Shadow::resize(const std::string& path, std::uint64_t size) {
  const NodePointer node = find(path);
  if (!node) return;
  // What is cut off is gone: should the file grow again, there are zeros. They and the size reach
  // the disk by themselves.
  ++change_;
  if (size < node->size) put(*node, size, std::vector<std::byte>(node->size - size));
  ++change_;
  node->size = size;
  node->resizes.push_back({change_, size, true});
}

Shadow::Ticket Shadow::sync(const std::string& path) {
  Ticket ticket;
  ticket.node_ = find(path);
  if (!ticket.node_) return ticket;
  ticket.what_ = Ticket::What::sync;
  ticket.change_ = change_;
  return ticket;
}

void Shadow::make_durable(Node& node, std::uint64_t sector, const Version& version) {
  const std::uint64_t at = sector * kSector;
  if (node.durable.size() < at + kSector) node.durable.resize(at + kSector);
  std::memcpy(node.durable.data() + at, version.bytes.data(), kSector);
}

void Shadow::done(const Ticket& ticket) {
  if (ticket.what_ == Ticket::What::nothing) return;
  Node& node = *ticket.node_;
  const bool all = ticket.what_ == Ticket::What::sync;
  // How far the disk's file reaches surely: `durable` is filled up to whole sectors, and cut again.
  // The size is one number, so that a write through brings what became of it before to the disk.
  std::uint64_t size = node.durable.size();
  const auto covered = [&](std::uint64_t change) { return change <= ticket.change_; };
  const auto sweep = [&](auto from, auto to) {
    for (auto at = from; at != to;) {
      auto& versions = at->second;
      const auto kept = std::find_if_not(versions.begin(), versions.end(),
                                         [&](const Version& v) { return covered(v.change); });
      if (kept != versions.begin()) make_durable(node, at->first, *std::prev(kept));
      versions.erase(versions.begin(), kept);
      at = versions.empty() ? node.sectors.erase(at) : std::next(at);
    }
  };
  if (all) {
    sweep(node.sectors.begin(), node.sectors.end());
    for (const EntryChange& one : node.changes) {
      if (covered(one.change)) apply(one, node.durable_entries);
    }
    std::erase_if(node.changes, [&](const EntryChange& one) { return covered(one.change); });
  } else {
    sweep(node.sectors.lower_bound(ticket.first_), node.sectors.upper_bound(ticket.last_));
  }
  for (const Resize& one : node.resizes) {
    if (covered(one.change)) size = one.exact ? one.size : std::max(size, one.size);
  }
  std::erase_if(node.resizes, [&](const Resize& one) { return covered(one.change); });
  if (!node.directory) node.durable.resize(size);
}

}  // namespace janji::power
