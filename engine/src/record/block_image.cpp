#include "record/block_image.hpp"

#include <string>

#include "record/names.hpp"

namespace janji::record {
namespace {

bool is_free(const BlockImage& image) noexcept {
  return (image.applicant_hi | image.applicant_lo) == 0;
}

template <class R>
bool is_of(const BlockImage& image, const R& record) noexcept {
  return image.applicant_hi == record.applicant_hi && image.applicant_lo == record.applicant_lo;
}

Error does_not_apply(Type type, std::uint32_t cell, const char* why) {
  return Error{Code::damaged,
               std::string(name_of(type)) + " in cell " + std::to_string(cell) + ": " + why};
}

}  // namespace

Status apply(BlockImage& image, Lsn lsn, const Block& block) {
  const char* why = nullptr;
  if (!is_free(image) && !is_of(image, block)) why = "there is another applicant's";
  if (block.until_ms == 0 && !is_in_force(image, block.acted_ms)) why = "nothing is to be lifted";
  if (image.operations == kOperationsPerBlock) why = "it was changed too often";
  if (why != nullptr) return does_not_apply(Type::block, block.cell, why);
  if (is_free(image)) image = BlockImage{};
  image.applicant_hi = block.applicant_hi;
  image.applicant_lo = block.applicant_lo;
  image.until_ms = block.until_ms;
  image.decided_ms = block.decided_ms;
  image.acted_ms = block.acted_ms;
  image.lsn = lsn.value;
  image.actor = block.header.actor;
  image.reason = block.reason;
  OperationImage& entry = image.operation[image.operations++];
  entry = OperationImage{};
  entry.operation_hi = block.operation_hi;
  entry.operation_lo = block.operation_lo;
  entry.payload = block.payload;
  entry.lsn = lsn.value;
  entry.at_ms = block.acted_ms;
  entry.type = static_cast<std::uint8_t>(Type::block);
  return success();
}

Status apply(BlockImage& image, Lsn, const ForgetBlock& forget) {
  const char* why = nullptr;
  if (is_in_force(image, forget.ended_ms)) why = "it isn't over";
  if (is_free(image) || !is_of(image, forget)) why = "it isn't there";
  if (why != nullptr) return does_not_apply(Type::forget_block, forget.cell, why);
  image = BlockImage{};
  return success();
}

const char* why_senseless(const BlockImage& image) noexcept {
  if (is_free(image)) return "it names no applicant";
  if (image.until_ms < 0 || !is_civil_time(image.until_ms) || !is_civil_time(image.acted_ms) ||
      !is_ledger_time(image.decided_ms)) {
    return "its times are out of bounds";
  }
  if (image.operations == 0 || image.operations > kOperationsPerBlock) {
    return "it has as many changes as there can't be";
  }
  std::uint64_t last = 0;
  for (std::size_t i = 0; i < image.operations; ++i) {
    const OperationImage& entry = image.operation[i];
    const bool sound = static_cast<Type>(entry.type) == Type::block && entry.lsn > last &&
                       is_civil_time(entry.at_ms) && entry.details_hash == 0 &&
                       entry.details_size == 0;
    if (!sound) return "a change of it is none";
    last = entry.lsn;
  }
  return last == image.lsn ? nullptr : "its last change is another one";
}

}  // namespace janji::record
