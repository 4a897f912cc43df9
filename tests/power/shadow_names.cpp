// What has which name.
#include "power/shadow.hpp"

#include <algorithm>
#include <stdexcept>

namespace janji::power {

Shadow::Shadow(std::filesystem::path root)
    : root_(std::move(root)), top_(std::make_shared<Node>()) {
  top_->directory = true;
  adopt(root_, *top_);
}

void Shadow::adopt(const std::filesystem::path& path, Node& node) {
  if (!node.directory) {
    node.durable = read_file(path);
    node.size = node.durable.size();
    return;
  }
  for (const auto& entry : std::filesystem::directory_iterator(path)) {
    auto child = std::make_shared<Node>();
    child->directory = entry.is_directory();
    adopt(entry.path(), *child);
    node.entries[entry.path().filename().string()] = child;
  }
  node.durable_entries = node.entries;
}

Shadow::NodePointer Shadow::find(std::string_view path) const {
  path.remove_prefix(std::min(path.size(), root_.native().size()));
  NodePointer node = top_;
  while (node && !path.empty()) {
    path.remove_prefix(1);  // the slash
    const std::string_view name = path.substr(0, path.find('/'));
    const auto found = node->entries.find(name);
    node = found == node->entries.end() ? nullptr : found->second;
    path.remove_prefix(name.size());
  }
  return node;
}

std::pair<Shadow::NodePointer, std::string> Shadow::parent_of(const std::string& path) const {
  const std::size_t slash = path.rfind('/');
  NodePointer parent = find(path.substr(0, slash));
  if (!parent || !parent->directory) throw std::runtime_error(path + ": its directory is unknown");
  return {std::move(parent), path.substr(slash + 1)};
}

void Shadow::apply(const EntryChange& change, Entries& entries) {
  // A name that another file has taken over since is that one's.
  if (const auto found = entries.find(change.gone); found != entries.end()) {
    if (found->second == change.node) entries.erase(found);
  }
  if (!change.named.empty()) entries[change.named] = change.node;
}

void Shadow::enter(const std::string& path, bool directory) {
  if (find(path)) return;
  auto [parent, name] = parent_of(path);
  auto node = std::make_shared<Node>();
  node->directory = directory;
  parent->changes.push_back({++change_, {}, name, node});
  apply(parent->changes.back(), parent->entries);
}

void Shadow::make_file(const std::string& path) {
  enter(path, false);
}

void Shadow::make_directory(const std::string& path) {
  enter(path, true);
}

void Shadow::rename(const std::string& from, const std::string& to) {
  const NodePointer node = find(from);
  if (!node) return;
  auto [parent, name] = parent_of(to);
  auto [old_parent, old_name] = parent_of(from);
  if (parent != old_parent) throw std::runtime_error(to + ": renamed into another directory");
  parent->changes.push_back({++change_, old_name, name, node});
  apply(parent->changes.back(), parent->entries);
}

void Shadow::remove(const std::string& path) {
  const NodePointer node = find(path);
  if (!node) return;
  auto [parent, name] = parent_of(path);
  parent->changes.push_back({++change_, name, {}, node});
  apply(parent->changes.back(), parent->entries);
}

bool Shadow::is_directory(const std::string& path) const {
  const NodePointer node = find(path);
  return node && node->directory;
}

void Shadow::map_for_writing(const std::string& path) {
  if (const NodePointer node = find(path)) node->mapped = true;
}

}  // namespace janji::power
