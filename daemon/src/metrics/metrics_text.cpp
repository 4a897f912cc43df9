#include "metrics/metrics_text.hpp"

#include <limits>
#include <sstream>

#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

namespace janjid {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;

constexpr std::string_view kUnrouted = "none";

MetricFamily family(std::string name, std::string help, MetricType type) {
  MetricFamily made;
  made.name = std::move(name);
  made.help = std::move(help);
  made.type = type;
  return made;
}

MetricFamily counter(std::string name, std::string help, std::uint64_t value) {
  MetricFamily made = family(std::move(name), std::move(help), MetricType::Counter);
  made.metric.emplace_back().counter.value = static_cast<double>(value);
  return made;
}

MetricFamily gauge(std::string name, std::string help, double value) {
  MetricFamily made = family(std::move(name), std::move(help), MetricType::Gauge);
  made.metric.emplace_back().gauge.value = value;
  return made;
}

std::string route_name(const MetricsInput& input, std::size_t route) {
  return route < input.route_names.size() ? input.route_names[route] : std::string{kUnrouted};
}

bool is_used(const MetricsInput& input, std::size_t route) {
  return route < input.route_names.size() || route + 1 == RequestStats::kRoutes;
}

MetricFamily requests(const MetricsInput& input) {
  MetricFamily made =
      family("janjid_http_requests_total", "Requests that were answered.", MetricType::Counter);
  for (std::size_t route = 0; route < RequestStats::kRoutes; ++route) {
    for (std::size_t status = 0; status < RequestStats::kStatuses; ++status) {
      std::uint64_t sum = 0;
      for (const RequestStats* thread : input.threads) sum += thread->requests(route, status);
      if (sum == 0) continue;
      ClientMetric& metric = made.metric.emplace_back();
      metric.label = {{"code", std::to_string(RequestStats::status_at(status))},
                      {"route", route_name(input, route)}};
      metric.counter.value = static_cast<double>(sum);
    }
  }
  return made;
}

ClientMetric latency_of(const MetricsInput& input, std::size_t route) {
  ClientMetric metric;
  metric.label = {{"route", route_name(input, route)}};
  std::uint64_t sum_us = 0;
  std::uint64_t below = 0;
  for (const RequestStats* thread : input.threads) sum_us += thread->sum_us(route);
  constexpr std::size_t kBounds = RequestStats::kBoundsUs.size();
  for (std::size_t bucket = 0; bucket <= kBounds; ++bucket) {
    for (const RequestStats* thread : input.threads) below += thread->bucket(route, bucket);
    auto& made = metric.histogram.bucket.emplace_back();
    made.cumulative_count = below;
    made.upper_bound = bucket < kBounds ? RequestStats::kBoundsUs[bucket] * 1e-6
                                        : std::numeric_limits<double>::infinity();
  }
  metric.histogram.sample_count = below;
  metric.histogram.sample_sum = static_cast<double>(sum_us) * 1e-6;
  return metric;
}

MetricFamily latencies(const MetricsInput& input) {
  MetricFamily made = family("janjid_http_request_duration_seconds",
                             "From the last byte of a request to the moment its answer may be "
                             "told, the wait for the disk included.",
                             MetricType::Histogram);
  for (std::size_t route = 0; route < RequestStats::kRoutes; ++route) {
    if (!is_used(input, route)) continue;
    ClientMetric metric = latency_of(input, route);
    if (metric.histogram.sample_count > 0) made.metric.push_back(std::move(metric));
  }
  return made;
}

void add_connections(const MetricsInput& input, std::vector<MetricFamily>& families) {
  std::uint64_t opened = 0;
  std::uint64_t closed = 0;
  for (const RequestStats* thread : input.threads) {
    closed += thread->connections_closed.load(std::memory_order_relaxed);
    opened += thread->connections_opened.load(std::memory_order_relaxed);
  }
  families.push_back(
      counter("janjid_connections_opened_total", "Connections that were accepted.", opened));
  families.push_back(gauge("janjid_connections", "Connections that are open.",
                           static_cast<double>(opened) - static_cast<double>(closed)));
}

void add_streams(const MetricsInput& input, std::vector<MetricFamily>& families) {
  MetricFamily open = family("janjid_streams", "Streams that are open.", MetricType::Gauge);
  const auto add_open = [&](const char* kind, std::size_t value) {
    ClientMetric& metric = open.metric.emplace_back();
    metric.label = {{"kind", kind}};
    metric.gauge.value = static_cast<double>(value);
  };
  add_open("availability", input.lane_streams);
  add_open("feed", input.feed_streams);
  families.push_back(std::move(open));
  std::uint64_t events = 0;
  for (const RequestStats* thread : input.threads) events += thread->stream_events();
  families.push_back(
      counter("janjid_stream_events_total", "Events that were told in streams.", events));
  MetricFamily ended = family("janjid_streams_ended_total",
                              "Streams that ended: told (there was no more to tell), left (the "
                              "reader went), slow (it took nothing), server (the daemon ends).",
                              MetricType::Counter);
  for (std::size_t i = 0; i < kStreamEnds; ++i) {
    const auto why = static_cast<StreamEnd>(i);
    std::uint64_t sum = 0;
    for (const RequestStats* thread : input.threads) sum += thread->stream_ends(why);
    ClientMetric& metric = ended.metric.emplace_back();
    metric.label = {{"reason", to_string(why)}};
    metric.counter.value = static_cast<double>(sum);
  }
  families.push_back(std::move(ended));
}

void add_engine(const janji::Engine& engine, std::vector<MetricFamily>& families) {
  const janji::Counters counts = engine.counters();
  MetricFamily granted =
      family("janji_operations_total", "Decisions of the engine, by kind.", MetricType::Counter);
  const auto add = [&](const char* kind, std::uint64_t value) {
    ClientMetric& metric = granted.metric.emplace_back();
    metric.label = {{"kind", kind}};
    metric.counter.value = static_cast<double>(value);
  };
  add("claim", counts.claims);
  add("walk_in", counts.walk_ins);
  add("confirm", counts.confirms);
  add("cancel", counts.cancels);
  add("reschedule", counts.reschedules);
  add("act", counts.acts);
  add("join", counts.joins);
  add("promote", counts.promotions);
  add("lapse", counts.lapses);
  add("erase", counts.erasures);
  add("expire", counts.expiries);
  add("replay", counts.replays);
  add("refusal", counts.refusals);
  families.push_back(std::move(granted));
  families.push_back(counter("janji_seats_fallen_back_total",
                             "Seats of pools that became the general lane's.",
                             counts.seats_fallen_back));
  families.push_back(counter("janji_seats_released_total",
                             "Seats that were kept back and can be claimed.",
                             counts.seats_released));
  families.push_back(counter("janji_retries_total", "Answers to ask again.", counts.retries));
  families.push_back(
      counter("janji_waits_total", "Looks that had to wait for a round.", counts.waits));
  families.push_back(counter("janji_commits_total", "Commits to the disk.", counts.commits));
  families.push_back(counter("janji_records_total", "Journal records.", counts.records));
  families.push_back(gauge("janji_durable_lsn", "The last durable record.",
                           static_cast<double>(counts.durable.value)));
  families.push_back(gauge("janji_applied_lsn", "The last record in the state.",
                           static_cast<double>(counts.applied.value)));
  families.push_back(gauge("janji_bookings_in_use", "Places of bookings that are taken.",
                           static_cast<double>(counts.bookings_in_use)));
  families.push_back(
      gauge("janji_waiting", "Who wait for a slot.", static_cast<double>(counts.waiting)));
  families.push_back(gauge("janji_seats_later",
                           "Seats that were given up and can't be claimed again yet.",
                           static_cast<double>(counts.seats_later)));
  families.push_back(counter("janji_days_opened_total", "Days of lanes.", counts.days_opened));
  families.push_back(counter("janji_days_not_opened_total", "Days that were due and had no room.",
                             counts.days_not_opened));
  families.push_back(counter("janji_days_archived_total", "Days whose room was given back.",
                             counts.days_archived));
  families.push_back(gauge("janji_days_kept", "Past days that bookings keep from being archived.",
                           static_cast<double>(counts.days_kept)));
  families.push_back(counter("janji_compactions_total",
                             "How often the files were written anew, to complete erasures.",
                             counts.compactions));
  families.push_back(gauge("janji_erasure_pending_seconds",
                           "How long the oldest erasure that isn't complete has waited.",
                           static_cast<double>(counts.erasure_pending_ms) / 1000));
  families.push_back(gauge("janji_healthy", "1 while the engine decides.",
                           engine.health() == janji::Health::serving ? 1 : 0));
}

}  // namespace

std::string metrics_text(const MetricsInput& input) {
  std::vector<MetricFamily> families;
  families.push_back(gauge("janjid_build_info", "1; the version is a label.", 1));
  families.back().metric.front().label = {{"version", std::string{input.version}}};
  families.push_back(requests(input));
  families.push_back(latencies(input));
  add_connections(input, families);
  add_streams(input, families);
  if (input.engine != nullptr) add_engine(*input.engine, families);
  std::ostringstream text;
  prometheus::TextSerializer{}.Serialize(text, families);
  return text.str();
}

}  // namespace janjid
