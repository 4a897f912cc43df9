// A lane's calendar, and what changes in it from then on.
#include <limits>

#include "api/handlers.hpp"
#include "api/lane_request.hpp"
#include "api/slot_json.hpp"
#include "api/stream_reply.hpp"

namespace janjid {
namespace {

constexpr std::uint32_t kRetryMs = 3000;

// Tells what differs from what was told last, however much happened in between.
class LaneStream final : public Stream {
 public:
  // `known`: the LSN of the days that the reader has.
  // `lane`: its index in the catalogue.
  LaneStream(const Api& api, std::uint32_t lane, StreamSeats::Seat seat,
             std::optional<janji::Lsn> known)
      : api_(api), lane_(lane), seat_(std::move(seat)), known_(known) {}

  Told tell(std::string& out) override {
    CataloguePin::renew(api_.engine());
    const LaneView lane = view_lane(api_.engine(), lane_);
    auto newest = api_.board().newest(lane, api_.rounds());
    if (newest == told_) return {};
    const bool begins = told_ == nullptr;
    if (begins) append_retry(out, kRetryMs);
    const bool has_it = begins && known_ == newest->lsn && newest->sole;
    if (!has_it) write(out, lane, *newest, begins || told_->first != newest->first);
    told_ = std::move(newest);
    return {Next::wait, has_it ? 0U : 1U};
  }

  void heartbeat(std::string& out) override { out.append(kSseHeartbeat); }

 private:
  void write(std::string& out, const LaneView& lane, const LaneDays& newest, bool whole) const {
    begin_event(out, whole ? "days" : "changed", newest.lsn.value);
    JsonWriter json{out};
    json.begin_object();
    json.name("days").begin_array();
    for (std::size_t i = 0; i < newest.days.size(); ++i) {
      const bool old = !whole && i < told_->days.size() && same_day(told_->days[i], newest.days[i]);
      if (old) continue;
      const DayFacts facts = explain_day(lane, newest.days[i]);
      write_day(json, lane, facts.day, facts.why);
    }
    json.end_array();
    json.end_object();
    end_event(out);
  }

  const Api& api_;
  const std::uint32_t lane_;
  StreamSeats::Seat seat_;
  const std::optional<janji::Lsn> known_;
  std::shared_ptr<const LaneDays> told_;  // null: nothing yet
};

}  // namespace

Reply get_lane_events(Exchange& exchange) {
  const Api& api = exchange.api();
  FieldErrors errors;
  QueryReader query{exchange.request.query, errors};
  const auto lane = read_lane(exchange, query, errors);
  query.finish();
  // An LSN of before a backup was restored is no error here: its reader gets the days as they are.
  constexpr janji::Lsn kAny{std::numeric_limits<std::uint64_t>::max()};
  const auto known = read_last_event_id(exchange.request, kAny, errors);
  if (!errors.empty()) return invalid_request(exchange.audience(), errors);
  if (!lane) return problem(ProblemCode::not_found, exchange.audience());
  return open_stream(exchange, exchange.site.lane_seats(), [&](StreamSeats::Seat seat) {
    return std::make_unique<LaneStream>(api, lane->index, std::move(seat), known);
  });
}

}  // namespace janjid
