// Who is blocked. The engine knows no documents, so applicants are named by their keys.
#include <array>
#include <limits>

#include <fmt/format.h>

#include "api/authority.hpp"
#include "api/block_json.hpp"
#include "api/handlers.hpp"
#include "api/request_parts.hpp"

namespace janjid {
namespace {

constexpr std::size_t kLimitMax = 100;
constexpr std::size_t kLimitDefault = 50;
// As in post_staff_search.cpp: some hundred microseconds of the thread that others wait for.
constexpr int kStretchesMax = 4;

}  // namespace

Reply get_staff_blocks(Exchange& exchange) {
  const Api& api = exchange.api();
  auto authority = authorise_staff(exchange, Scope::staff_block);
  if (auto* refusal = std::get_if<Response>(&authority)) return std::move(*refusal);
  if (!std::get<AccessKey>(authority).branch.empty()) {
    return problem(ProblemCode::forbidden, exchange.audience());
  }
  FieldErrors errors;
  QueryReader query{exchange.request.query, errors};
  janji::BlockCursor cursor;
  cursor.cell = static_cast<std::uint32_t>(
      read_number(query, "cursor", 0, std::numeric_limits<std::uint32_t>::max(), errors)
          .value_or(0));
  const std::size_t limit =
      read_number(query, "limit", 1, kLimitMax, errors).value_or(kLimitDefault);
  query.finish();
  if (!errors.empty()) return invalid_request(exchange.audience(), errors);
  const std::uint64_t rounds = api.rounds();  // before the look, see decide()
  const std::uint32_t begin = cursor.cell;
  std::array<janji::Block, kLimitMax> page;
  std::size_t found = 0;
  for (int i = 0; i < kStretchesMax && found < limit && !cursor.at_end; ++i) {
    found += api.engine().blocks(cursor, std::span{page}.subspan(found, limit - found));
  }
  if (found == 0 && cursor.cell == begin && !cursor.at_end) {
    return exchange.wait(rounds + 1);  // the first of them is being changed
  }
  Response response;
  JsonWriter json{response.body};
  json.begin_object();
  json.name("blocks").begin_array();
  janji::Lsn newest;
  for (const janji::Block& block : std::span{page}.first(found)) {
    write_block(json, block);
    newest = std::max(newest, block.lsn);
  }
  json.end_array();
  json.name("next");
  cursor.at_end ? json.null() : json.string(fmt::format("{}", cursor.cell));
  json.end_object();
  return {std::move(response), api.acknowledge_at(newest)};
}

}  // namespace janjid
