// What a disk surely has of some files, and what it may have besides.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "power/image.hpp"

namespace janji::power {

inline constexpr std::size_t kSector = 512;

// Problem: after a loss of power a file is what was synced of it, and of what was written since any
// part: each sector by itself, in any order. Names are kept apart from what they name: a file, or a
// rename, of which the directory was never synced may not be there.
// Operation: each sector on the disk is one of the contents that it had since it was last synced.
// Changes are numbered; a sync covers those of its file or directory that were made before it. An
// image says of each other change whether it reached the disk, or which of its sectors did. A
// rename, or any other change of one directory, is there or not, each by itself.
// Concurrency: none; whoever uses it from several threads has a lock around it.
// Limits: writes and syncs of one file don't overlap in time. Room that a file grows by holds zeros
// until it is written. A file that is mapped for writing may have any of its sectors of the moment.
class Shadow {
 public:
  // `root` is there and durable, with all that is in it.
  explicit Shadow(std::filesystem::path root);

  // A change that begins, and what it becomes when done() is told that it was done: a write through
  // and a sync are durable then, and not a moment sooner. A plain write stays what may be lost.
  class Ticket;

  void make_file(const std::string& path);  // no effect when it is there
  void make_directory(const std::string& path);
  void rename(const std::string& from, const std::string& to);  // within one directory
  void remove(const std::string& path);
  void map_for_writing(const std::string& path);
  bool is_directory(const std::string& path) const;
  Ticket write(const std::string& path, std::uint64_t at, Bytes bytes, bool through);
  void resize(const std::string& path, std::uint64_t size);
  Ticket sync(const std::string& path);  // a file, or a directory
  void done(const Ticket& ticket);

  // What the disk may have now, as `fates` say.
  Image image(const Fates& fates) const;

 private:
  struct Node;
  using NodePointer = std::shared_ptr<Node>;
  using Entries = std::map<std::string, NodePointer, std::less<>>;

  struct Version {  // of a sector
    std::uint64_t change;
    std::array<std::byte, kSector> bytes;
  };
  struct Resize {
    std::uint64_t change;
    std::uint64_t size;
    bool exact;  // else: at least so much
  };
  struct EntryChange {
    std::uint64_t change;
    std::string gone;   // empty: none
    std::string named;  // empty: none
    NodePointer node;
  };
  struct Node {
    bool directory{false};
    // a file
    std::vector<std::byte> durable;
    std::map<std::uint64_t, std::vector<Version>> sectors;  // not synced, the oldest first
    std::vector<Resize> resizes;                            // not synced
    std::uint64_t size{0};
    bool mapped{false};
    // a directory
    Entries entries;          // as the program sees them
    Entries durable_entries;  // as the disk surely has them
    std::vector<EntryChange> changes;
  };

  static void apply(const EntryChange& change, Entries& entries);
  static std::array<std::byte, kSector> latest(const Node& node, std::uint64_t sector);
  static void make_durable(Node& node, std::uint64_t sector, const Version& version);

  NodePointer find(std::string_view path) const;
  std::pair<NodePointer, std::string> parent_of(const std::string& path) const;
  void adopt(const std::filesystem::path& path, Node& node);
  void enter(const std::string& path, bool directory);
  void put(Node& node, std::uint64_t at, Bytes bytes);
  void draw(const Node& node, const std::filesystem::path& path, const std::string& name,
            const Fates& fates, Image& image) const;
  std::vector<std::byte> draw_file(const Node& node, const std::filesystem::path& path,
                                   const Fates& fates) const;

  std::filesystem::path root_;
  NodePointer top_;
  std::uint64_t change_{0};  // number of the last one
};

class Shadow::Ticket {
 private:
  friend class Shadow;
  enum class What : std::uint8_t { nothing, write, sync } what_{What::nothing};
  NodePointer node_;
  std::uint64_t change_{0};
  std::uint64_t first_{0}, last_{0};  // sectors of a write
};

}  // namespace janji::power
