#include "state/block_rows.hpp"

#include "state/row.hpp"

namespace janji::state {
namespace {

// A row of another cell, or of none, is no less damaged than one whose checksum is wrong.
Result<record::BlockImage> decode(std::uint64_t key, Bytes row) {
  auto image = decode_row<record::BlockImage>(StateTable::blocks, key, row);
  if (!image) return image;
  if (const char* why = record::why_senseless(*image)) {
    return damaged_row(StateTable::blocks, key, why);
  }
  return image;
}

template <class R>
Status apply_to_row(store::StateStore& state, Lsn lsn, const R& change) {
  const auto row = state.get(StateTable::blocks, change.cell);
  if (!row) return row.error();
  record::BlockImage image{};
  if (row->has_value()) {
    const auto there = decode(change.cell, **row);
    if (!there) return there.error();
    image = *there;
  }
  if (Status applied = record::apply(image, lsn, change); !applied.ok()) return applied;
  if (image.operations == 0) return state.erase(StateTable::blocks, change.cell);
  return state.put(StateTable::blocks, change.cell,
                   encode_row(StateTable::blocks, change.cell, image));
}

}  // namespace

Status apply_block(store::StateStore& state, Lsn lsn, const record::Header& header) {
  const auto* bytes = reinterpret_cast<const std::byte*>(&header);
  if (header.type == record::Type::block) {
    return apply_to_row(state, lsn, record::as<record::Block>(bytes));
  }
  return apply_to_row(state, lsn, record::as<record::ForgetBlock>(bytes));
}

Status load_blocks(const store::StateStore& state, RecoverySink& sink) {
  return state.scan(StateTable::blocks, 0, [&](std::uint64_t key, Bytes row) -> Status {
    if (key >= record::kBlocksMax) {
      return damaged_row(StateTable::blocks, key, "there is no such cell");
    }
    const auto image = decode(key, row);
    if (!image) return image.error();
    return sink.on_block(static_cast<std::uint32_t>(key), *image);
  });
}

}  // namespace janji::state
