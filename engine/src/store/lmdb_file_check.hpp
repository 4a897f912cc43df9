// Whether a file is a sound LMDB file, before LMDB itself is let near it.
#pragma once

#include <cstddef>
#include <filesystem>
#include <span>

#include <janji/result.hpp>

namespace janji::store::lmdb {

// Problem: LMDB trusts its file. A flipped bit in a page number makes it read elsewhere or fall
// over; one in its list of free pages makes it overwrite what is in use, much later; one in a meta
// page makes it serve the snapshot before the last. Checksums of rows can't tell any of that.
// Operation: walks the newest snapshot's every tree, with every bound checked: each page is where
// and what its parent says, belongs to nobody else, its nodes fill it exactly, its keys are in
// order between its parent's, the counts are those of the walk, and no page in use is listed as
// free. Then holds both meta pages to the seal in their own snapshot. Reads a page's header only
// where that is enough: the rows' own checksums answer for what is in them.
// One thing it puts right, or a disk that fails at the wrong moment would keep a whole file from
// being opened: a meta page that LMDB couldn't write gets the number that its seal says
// (docs/durability.md, "LMDB's pages").
// With MetaPages::as_they_are it writes nothing, and such a meta page is damage.
// Nobody else may write the file meanwhile.
// Errors: damaged, naming file and page, and what to do; io_error.
enum class MetaPages { put_right, as_they_are };
Status check_file(const std::filesystem::path& file, std::span<const char* const> tables,
                  MetaPages metas = MetaPages::put_right);

}  // namespace janji::store::lmdb
