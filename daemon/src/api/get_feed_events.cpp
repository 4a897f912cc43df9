// The change feed as a stream of events.
//
// A route of its own, and not GET /v1/feed under another Accept: pages and streams have other
// parameters, answers and durations, so that one row of metrics for both would say nothing; no
// cache on the way must know that it varies; and EventSource, curl and a link need no header.
#include <spdlog/spdlog.h>

#include "api/authority.hpp"
#include "api/event_json.hpp"
#include "api/feed_access.hpp"
#include "api/handlers.hpp"
#include "api/stream_reply.hpp"

namespace janjid {
namespace {

constexpr std::uint32_t kRetryMs = 3000;

// Follows the journal from an LSN on, never past what is durable.
class FeedStream final : public Stream {
 public:
  FeedStream(const Api& api, Scratch& scratch, StreamSeats::Seat seat, std::string_view token,
             std::optional<janji::Lsn> after)
      : api_(api), scratch_(scratch), seat_(std::move(seat)), token_(token) {
    if (after) {
      begun_ = true;
      after_ = *after;
    }
  }

  Told tell(std::string& out) override {
    if (!retry_told_) {
      append_retry(out, kRetryMs);
      retry_told_ = true;
    }
    const auto key = key_of(api_, token_);  // it may have been revoked since
    if (!key) return end(out, ProblemCode::unauthorized);
    if (!key->may(Scope::feed) || !key->branch.empty()) return end(out, ProblemCode::forbidden);
    if (!begun_) {
      const auto begin = api_.engine().feed_begin();
      if (!begin) return give_up(out, begin.error());
      after_ = *begin;
      begun_ = true;
    }
    const janji::Lsn newest = api_.engine().durable_lsn();
    if (newest <= after_) return {};
    scratch_.events.resize(kPage);
    const auto page = api_.engine().read_feed(after_, scratch_.events);
    if (!page) return give_up(out, page.error());
    for (const janji::Event& event : std::span{scratch_.events}.first(page->events)) {
      // A decision about a group is several events: only the last of them is a place to go on from.
      const auto id = event.more ? std::nullopt : std::optional{event.lsn.value};
      begin_event(out, janji::to_string(event.kind), id);
      JsonWriter json{out};
      write_event(json, api_, event);
      end_event(out);
    }
    after_ = page->next;
    return {after_ < newest ? Next::more : Next::wait, static_cast<std::uint32_t>(page->events)};
  }

  // Most records may be no events. Whoever comes again after a long silence must not ask for what
  // is no longer kept although it missed nothing.
  void heartbeat(std::string& out) override {
    begun_ ? append_position(out, after_.value) : void(out.append(kSseHeartbeat));
  }

 private:
  static constexpr std::size_t kPage = 100;  // events a piece: some 30 KiB
  static_assert(kPage >= janji::kGroupMembersMax, "any decision is whole in one piece");

  // No id: who comes again as if nothing had been hears it again.
  Told give_up(std::string& out, const janji::Error& error) {
    if (error.code == janji::Code::gap) {
      const auto oldest = api_.engine().feed_begin();
      if (!oldest) return give_up(out, oldest.error());
      begin_event(out, "gap", std::nullopt);
      JsonWriter json{out};
      json.begin_object().name("oldest").number(oldest->value).end_object();
      end_event(out);
      return {Next::end, 1};
    }
    spdlog::error("a stream of the feed ends: {}", error.detail);
    return end(out, problem_of(error.code));
  }

  static Told end(std::string& out, ProblemCode code) {
    begin_event(out, "problem", std::nullopt);
    JsonWriter json{out};
    json.begin_object().name("code").string(entry_of(code).name).end_object();
    end_event(out);
    return {Next::end, 1};
  }

  const Api& api_;
  Scratch& scratch_;  // of the thread that has the connection
  StreamSeats::Seat seat_;
  std::string token_;
  bool retry_told_{false};
  bool begun_{false};  // after_ is known; else it is the oldest that is kept
  janji::Lsn after_;
};

}  // namespace

Reply get_feed_events(Exchange& exchange) {
  if (auto refusal = refuse_feed(exchange)) return std::move(*refusal);
  const Api& api = exchange.api();
  const janji::Lsn newest = api.engine().durable_lsn();
  FieldErrors errors;
  QueryReader query{exchange.request.query, errors};
  auto after = read_after(query, newest, errors);
  query.finish();
  // What a reader has read since outdoes what stands in the address that it began with.
  if (const auto id = read_last_event_id(exchange.request, newest, errors)) after = id;
  if (!errors.empty()) return invalid_request(exchange.audience(), errors);
  return open_stream(exchange, exchange.site.feed_seats(), [&](StreamSeats::Seat seat) {
    return std::make_unique<FeedStream>(api, exchange.scratch, std::move(seat),
                                        *bearer_of(exchange.request), after);
  });
}

}  // namespace janjid
