// What happened, from wherever the asker has got to; or, if nothing has since, what happens next.
#include <algorithm>

#include "api/event_json.hpp"
#include "api/feed_access.hpp"
#include "api/handlers.hpp"
#include "api/request_parts.hpp"

namespace janjid {
namespace {

// A page of the longest events stays below Limits::output_bytes.
constexpr std::uint64_t kLimitMax = 500;
constexpr std::uint64_t kLimitDefault = 100;
constexpr std::uint64_t kWaitSecondsMax = 25;  // below what proxies and clients put up with

struct FeedRequest {
  std::optional<janji::Lsn> after;  // none: from the oldest on
  std::uint64_t limit{kLimitDefault};
  std::int64_t wait_ms{0};
};

FeedRequest read_request(Exchange& exchange, janji::Lsn newest, FieldErrors& errors) {
  FeedRequest request;
  QueryReader query{exchange.request.query, errors};
  request.after = read_after(query, newest, errors);
  request.limit = read_number(query, "limit", 1, kLimitMax, errors).value_or(kLimitDefault);
  const auto wait_s = read_number(query, "wait_seconds", 0, kWaitSecondsMax, errors);
  request.wait_ms = static_cast<std::int64_t>(wait_s.value_or(0)) * 1000;
  query.finish();
  return request;
}

Response refused(Exchange& exchange, const janji::Error& error) {
  ProblemExtras extras;
  if (error.code == janji::Code::gap) {
    if (const auto begin = exchange.api().engine().feed_begin()) extras.oldest = *begin;
  }
  return problem(problem_of(error.code), exchange.audience(), extras);
}

Response page_of(const Api& api, std::span<const janji::Event> events, janji::Lsn next,
                 janji::Lsn newest) {
  Response response;
  JsonWriter json{response.body};
  json.begin_object();
  json.name("events").begin_array();
  for (const janji::Event& event : events) write_event(json, api, event);
  json.end_array();
  json.name("next").number(next.value);
  json.name("newest").number(newest.value);
  json.end_object();
  return response;
}

// An engine that failed, or a daemon that ends, has nothing to wait for.
bool may_poll(const Exchange& exchange) {
  return !exchange.attempt.last_look && !exchange.site.draining() &&
         exchange.api().engine().health() != janji::Health::failed;
}

}  // namespace

// What the feed tells is durable already, in every mode: nothing here waits for the disk.
Reply get_feed(Exchange& exchange) {
  const Api& api = exchange.api();
  if (auto refusal = refuse_feed(exchange)) return std::move(*refusal);
  const janji::Engine& engine = api.engine();
  const std::uint64_t rounds = api.rounds();  // before the look, see decide()
  const janji::Lsn newest = engine.durable_lsn();
  FieldErrors errors;
  const FeedRequest request = read_request(exchange, newest, errors);
  if (!errors.empty()) return invalid_request(exchange.audience(), errors);
  janji::Lsn after;
  if (request.after) {
    after = *request.after;
  } else {
    const auto begin = engine.feed_begin();
    if (!begin) return refused(exchange, begin.error());
    after = *begin;
  }
  std::vector<janji::Event>& events = exchange.scratch.events;
  // A group's decision is told whole, whatever the limit.
  events.resize(std::max<std::size_t>(request.limit, janji::kGroupMembersMax));
  auto page = engine.read_feed(after, events);
  if (!page) return refused(exchange, page.error());
  if (page->events > request.limit) {
    std::size_t whole = request.limit;
    while (events[whole - 1].more) ++whole;
    if (whole < page->events) *page = {whole, events[whole - 1].lsn};
  }
  const bool nothing_yet = page->events == 0 && page->next >= newest;
  if (nothing_yet && request.wait_ms > 0 && may_poll(exchange)) {
    return exchange.poll(rounds + 1, request.wait_ms);
  }
  return page_of(api, std::span{events}.first(page->events), page->next,
                 std::max(page->next, newest));
}

}  // namespace janjid
