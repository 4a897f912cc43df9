#include "store/lmdb_file_check.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "store/lmdb_pages.hpp"
#include "store/seal.hpp"

namespace janji::store::lmdb {
namespace {

constexpr PageNumber kMetaPages = 2;
constexpr std::size_t kDepthMax = 32;  // LMDB's own limit
// Pages at the end that were allocated and freed again before they were ever written.
constexpr std::uint64_t kUnwrittenPagesMax = 1U << 20;
constexpr std::uint16_t kNoSubdirectory = 0x4000;  // kept among the flags of the first tree

std::string_view text_of(PageBytes bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// Integer keys from `low` on and below `high`.
struct Range {
  std::uint64_t low{0};
  std::optional<std::uint64_t> high;
};

class FileCheck {
 public:
  FileCheck(const files::Path& file, PageBytes bytes, std::span<const char* const> tables,
            MetaPages metas)
      : file_(file),
        bytes_(bytes),
        tables_(tables),
        may_put_right_(metas == MetaPages::put_right) {}

  Status run() {
    if (Status status = read_metas(); !status.ok()) return status;
    const PageNumber older = metas_[0].transaction < metas_[1].transaction ? 0 : 1;
    const Meta& newest = metas_[1 - older];
    if (newest.last_page > last_page_max()) {
      return damaged("its last page would be far beyond its end: it is cut off");
    }
    if (Status status = walk_snapshot(newest, newest.last_page); !status.ok()) return status;
    if (Status status = check_seal(newest); !status.ok()) return status;
    const std::optional<Seal> seal = find_seal(metas_[older]);
    if (seal && seal->sound() && seal->transaction == newest.transaction + 1) {
      return put_right(older, newest);
    }
    return check_seal(metas_[older]);
  }

 private:
  Error damaged(const std::string& words) const {
    return Error{Code::damaged, file_.string() + ": " + words +
                                    "; restore the directory from a backup, and keep this one"};
  }
  Error damaged_page(PageNumber number, const std::string& words) const {
    return damaged("page " + std::to_string(number) + " " + words);
  }

  // ---- meta pages ----

  Status read_metas() {
    constexpr std::size_t kMetaBytes = sizeof(PageHeader) + sizeof(Meta);
    if (bytes_.size() < kMetaBytes) return damaged("is too short to be one of ours");
    page_size_ = read_at<Meta>(bytes_, sizeof(PageHeader)).free_pages.pad;
    if (!std::has_single_bit(page_size_) || page_size_ < 512 || page_size_ > 65536 ||
        bytes_.size() < kMetaPages * page_size_) {
      return damaged_page(0, "says an impossible size of pages, or the file is cut off");
    }
    for (PageNumber number = 0; number < kMetaPages; ++number) {
      const PageBytes page = bytes_.subspan(number * page_size_, page_size_);
      metas_[number] = read_at<Meta>(page, sizeof(PageHeader));
      const char* wrong = check_meta(read_at<PageHeader>(page, 0), metas_[number], number);
      if (wrong != nullptr) return damaged_page(number, wrong);
    }
    const std::uint64_t a = metas_[0].transaction;
    const std::uint64_t b = metas_[1].transaction;
    if (a + 1 != b && b + 1 != a) {
      return damaged("pages 0 and 1 are of transactions " + std::to_string(a) + " and " +
                     std::to_string(b) + ", which don't follow each other");
    }
    return success();
  }

  const char* check_meta(const PageHeader& header, const Meta& meta, PageNumber number) const {
    if (header.flags != PageHeader::kMeta || meta.magic != Meta::kMagic) return "isn't LMDB's";
    if (meta.version != Meta::kVersion) return "is of another version of LMDB";
    if (meta.free_pages.pad != page_size_) return "says another size of pages";
    if (meta.free_pages.flags != (Tree::kIntegerKey | kNoSubdirectory) || meta.main.flags != 0 ||
        meta.main.pad != 0) {
      return "has flags that were never set";
    }
    if (meta.transaction % 2 != number) return "is of a transaction that belongs to the other";
    if (meta.last_page < kMetaPages - 1) return "says that it isn't in the file itself";
    return nullptr;
  }

  // ---- pages ----

  // Nothing: it lies outside of the file.
  PageBytes page(PageNumber number, std::uint64_t pages = 1) const {
    const std::uint64_t in_file = bytes_.size() / page_size_;
    if (number < kMetaPages || number >= in_file || pages > in_file - number) return {};
    return bytes_.subspan(number * page_size_, pages * page_size_);
  }

  // Notes that somebody has the page. Empty words: and nobody else.
  const char* take(PageNumber number) {
    if (number < kMetaPages) return "is a meta page";
    if (number > last_page_) return "is beyond the last page";
    if (used_[number]) return "is in two places";
    used_[number] = true;
    highest_ = std::max(highest_, number);
    return nullptr;
  }

  Status open_page(PageNumber number, bool leaf, Page& parsed) {
    const PageBytes bytes = page(number);
    if (bytes.empty()) return damaged_page(number, "is beyond the end of the file");
    if (const char* wrong = take(number)) return damaged_page(number, wrong);
    if (const char* wrong = parsed.parse(bytes, number, leaf)) return damaged_page(number, wrong);
    return success();
  }

  // ---- trees ----

  PageNumber last_page_max() const { return bytes_.size() / page_size_ + kUnwrittenPagesMax; }

  Status walk_snapshot(const Meta& meta, PageNumber last_page) {
    last_page_ = last_page;
    highest_ = 0;
    used_.assign(last_page_ + 1, false);
    if (Status status = walk_main(meta.main); !status.ok()) return status;
    return walk_integers(meta.free_pages, "free pages", true);
  }

  struct Counts {
    std::uint64_t branch{0}, leaf{0}, overflow{0}, entries{0};
  };

  Status check_counts(const Tree& tree, const Counts& counts, const std::string& name) const {
    if (tree.branch_pages == counts.branch && tree.leaf_pages == counts.leaf &&
        tree.overflow_pages == counts.overflow && tree.entries == counts.entries) {
      return success();
    }
    return damaged("the table of " + name + " has other counts of pages or rows than it says");
  }

  // The main table: the names of the others, and the seal. Always a single page.
  Status walk_main(const Tree& main) {
    Page parsed;
    if (main.depth != 1) return damaged("the main table isn't one page");
    if (Status status = open_page(main.root, true, parsed); !status.ok()) return status;
    const auto nodes = parsed.nodes();
    Counts counts{0, 1, 0, nodes.size()};
    if (Status status = check_counts(main, counts, "tables"); !status.ok()) return status;
    if (nodes.size() != tables_.size() + 1) return damaged("the main table lacks one");
    for (std::size_t i = 1; i < nodes.size(); ++i) {
      if (text_of(nodes[i - 1].key) >= text_of(nodes[i].key)) {
        return damaged_page(main.root, "has names out of order");
      }
    }
    for (const char* name : tables_) {
      const auto node = std::find_if(nodes.begin(), nodes.end(),
                                     [&](const Node& n) { return text_of(n.key) == name; });
      if (node == nodes.end() || node->header.flags != NodeHeader::kSubTree ||
          node->data.size() != sizeof(Tree)) {
        return damaged(std::string("the table of ") + name + " isn't there");
      }
      const Tree tree = read_at<Tree>(node->data, 0);
      if (tree.flags != Tree::kIntegerKey || tree.pad != 0) {
        return damaged(std::string("the table of ") + name + " has flags that were never set");
      }
      if (Status status = walk_integers(tree, name, false); !status.ok()) return status;
    }
    return success();
  }

  Status walk_integers(const Tree& tree, const std::string& name, bool free_list) {
    Counts counts;
    const bool empty = tree.root == Tree::kNoRoot;
    if (empty != (tree.depth == 0) || tree.depth > kDepthMax) {
      return damaged("the table of " + name + " has an impossible depth");
    }
    if (!empty) {
      Status status = walk(tree.root, tree.depth, Range{}, free_list, counts);
      if (!status.ok()) return status;
    }
    return check_counts(tree, counts, name);
  }

  Status walk(PageNumber number, std::size_t depth, const Range& range, bool free_list,
              Counts& counts) {
    const bool leaf = depth == 1;
    Page parsed;
    if (Status status = open_page(number, leaf, parsed); !status.ok()) return status;
    if (Status status = check_keys(number, parsed, range, leaf); !status.ok()) return status;
    ++(leaf ? counts.leaf : counts.branch);
    const auto nodes = parsed.nodes();
    for (std::size_t i = 0; i < nodes.size(); ++i) {
      Status status = success();
      if (leaf) {
        ++counts.entries;
        status = check_value(number, nodes[i], free_list, counts);
      } else {
        Range within = range;
        if (i > 0) within.low = read_at<std::uint64_t>(nodes[i].key, 0);
        if (i + 1 < nodes.size()) within.high = read_at<std::uint64_t>(nodes[i + 1].key, 0);
        status = walk(nodes[i].header.child(), depth - 1, within, free_list, counts);
      }
      if (!status.ok()) return status;
    }
    return success();
  }

  // Ascending, and inside of `range`. A branch's first key is never looked at.
  Status check_keys(PageNumber number, const Page& parsed, const Range& range, bool leaf) const {
    const auto nodes = parsed.nodes();
    std::optional<std::uint64_t> before;
    for (std::size_t i = leaf ? 0 : 1; i < nodes.size(); ++i) {
      if (nodes[i].key.size() != sizeof(std::uint64_t)) {
        return damaged_page(number, "has a key of a wrong size");
      }
      const auto key = read_at<std::uint64_t>(nodes[i].key, 0);
      const bool in_range = key >= range.low && (!range.high || key < *range.high);
      if (!in_range || (before && key <= *before)) {
        return damaged_page(number, "has keys out of order");
      }
      before = key;
    }
    return success();
  }

  Status check_value(PageNumber number, const Node& node, bool free_list, Counts& counts) {
    PageBytes value = node.data;
    if (node.header.flags == NodeHeader::kBigData) {
      const auto first = read_at<PageNumber>(node.data, 0);
      Status status = take_overflow(first, node.header.data_size(), counts);
      if (!status.ok()) return status;
      value = page(first, 1 + (node.header.data_size() + sizeof(PageHeader) - 1) / page_size_)
                  .subspan(sizeof(PageHeader), node.header.data_size());
    } else if (node.header.flags != 0) {
      return damaged_page(number, "has an entry with flags that were never set");
    }
    return free_list ? check_free_list(number, value) : success();
  }

  Status take_overflow(PageNumber first, std::size_t size, Counts& counts) {
    const PageBytes front = page(first);
    if (front.empty()) return damaged_page(first, "is beyond the end of the file");
    const auto header = read_at<PageHeader>(front, 0);
    const std::uint64_t pages = header.overflow_pages();
    if (header.number != first || header.flags != PageHeader::kOverflow ||
        pages * page_size_ < sizeof header + size || page(first, pages).empty()) {
      return damaged_page(first, "isn't the overflow page that its row asks for");
    }
    counts.overflow += pages;
    for (std::uint64_t i = 0; i < pages; ++i) {
      if (const char* wrong = take(first + i)) return damaged_page(first + i, wrong);
    }
    return success();
  }

  // How many, then the numbers, descending. They may lie beyond the end of the file.
  Status check_free_list(PageNumber number, PageBytes value) {
    const std::size_t room = value.size() / sizeof(PageNumber);
    const auto count = room == 0 ? 0 : read_at<std::uint64_t>(value, 0);
    if (room == 0 || count >= room) return damaged_page(number, "has a list that is cut off");
    PageNumber before = Tree::kNoRoot;
    for (std::size_t i = 1; i <= count; ++i) {
      const auto listed = read_at<PageNumber>(value, i * sizeof(PageNumber));
      if (listed >= before) return damaged_page(number, "lists free pages out of order");
      if (const char* wrong = take(listed)) {
        return damaged_page(listed, std::string("is listed as free, and ") + wrong);
      }
      before = listed;
    }
    return success();
  }

  // ---- seals ----

  // Nothing: the snapshot has no main table that can be read, or that has none.
  std::optional<Seal> find_seal(const Meta& meta) const {
    const PageBytes bytes = page(meta.main.root);
    Page parsed;
    if (meta.main.depth != 1 || bytes.empty() ||
        parsed.parse(bytes, meta.main.root, true) != nullptr) {
      return std::nullopt;
    }
    const auto nodes = parsed.nodes();
    const auto node = std::find_if(nodes.begin(), nodes.end(),
                                   [](const Node& n) { return text_of(n.key) == Seal::kKey; });
    if (node == nodes.end() || node->header.flags != 0 || node->data.size() != sizeof(Seal)) {
      return std::nullopt;
    }
    return read_at<Seal>(node->data, 0);
  }

  // Both snapshots are whole: a transaction only reuses pages that neither of the two last ones
  // uses. The very first of a file, in which there is nothing, is of nobody.
  Status check_seal(const Meta& meta) const {
    if (meta.transaction == 0 && meta.main.root == Tree::kNoRoot) return success();
    const std::string snapshot = "the snapshot of transaction " + std::to_string(meta.transaction);
    const std::optional<Seal> seal = find_seal(meta);
    if (!seal) return damaged(snapshot + " has no main table with a seal");
    if (!seal->sound() || seal->transaction != meta.transaction) {
      return damaged(snapshot + " has the seal of transaction " +
                     std::to_string(seal->transaction) + ": a meta page is damaged");
    }
    return success();
  }

  // When LMDB can't write the meta page of transaction n, which follows `newest`, it writes once
  // more, to take it back: the number and the last page of n - 2, but the trees of n. A flipped bit
  // in the number of an acknowledged n looks the same. So it is never taken back here: the trees
  // of n were flushed before, and if they are whole they get their number. That may be asked for
  // again after any crash: the numbers lie in one sector and nothing else is touched.
  Status put_right(PageNumber number, const Meta& newest) {
    const Meta& meta = metas_[number];
    if (Status status = walk_snapshot(meta, last_page_max()); !status.ok()) return status;
    if (!may_put_right_) {
      return Error{Code::damaged, file_.string() + ": the meta page of its last transaction, " +
                                      std::to_string(newest.transaction + 1) +
                                      ", couldn't be written: an opening by the engine puts that "
                                      "right"};
    }
    static_assert(offsetof(Meta, transaction) == offsetof(Meta, last_page) + sizeof(PageNumber));
    // Pages of n at the end are in use or listed as free, and none of `newest` may lie behind it.
    const std::array<std::uint64_t, 2> numbers{
        std::max({meta.last_page, newest.last_page, highest_}), newest.transaction + 1};
    const std::uint64_t at = number * page_size_ + sizeof(PageHeader) + offsetof(Meta, last_page);
    return files::overwrite(file_, at, std::as_bytes(std::span(numbers)));
  }

  const files::Path file_;
  const PageBytes bytes_;
  const std::span<const char* const> tables_;
  const bool may_put_right_;
  std::uint64_t page_size_{0};
  Meta metas_[kMetaPages]{};
  // Of the snapshot that is walked:
  PageNumber last_page_{0};
  PageNumber highest_{0};  // of the pages that somebody has
  std::vector<bool> used_;
};

}  // namespace

Status check_file(const std::filesystem::path& file, std::span<const char* const> tables,
                  MetaPages metas) {
  const auto mapped = MappedFile::open(file);
  if (!mapped) return mapped.error();
  return FileCheck(file, (*mapped)->bytes(), tables, metas).run();
}

}  // namespace janji::store::lmdb
