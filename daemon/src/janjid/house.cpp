#include "janjid/house.hpp"

#include <iostream>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <boost/beast/http/verb.hpp>

#include "api/pipeline.hpp"
#include "api/routes.hpp"
#include "janjid/data_directory.hpp"
#include "janjid/table_sizes.hpp"
#include "metrics/metrics_text.hpp"

namespace janjid {

void House::FailureWatch::on_progress(const janji::Progress& progress) noexcept {
  if (!progress.failed || house_.failed_.exchange(true)) return;
  spdlog::critical(
      "a commit failed: what wasn't acknowledged is of unknown outcome; ending, so that the next "
      "start recovers from the disk");
  house_.server_->end();
}

void House::ProblemLog::on_progress(const janji::Progress& progress) noexcept {
  if (progress.failed) return;  // run() says it at the end
  std::string problem = house_.engine_->last_problem();
  if (problem == said_) return;
  said_ = std::move(problem);
  spdlog::warn("engine: {}", said_.empty() ? "all is well again" : said_);
}

House::~House() {
  if (opener_.joinable()) opener_.join();
  stop_listening();  // the bell must not ring for threads that are gone
  server_.reset();   // its requests end before the engine does
  close_engine();
}

int House::run() {
  if (!load_catalogue() || !load_identity()) return 1;
  site_.lane_seats().set_max(config_.limits.streams);
  site_.feed_seats().set_max(config_.limits.feed_streams);
  site_.metrics = [this] { return metrics(); };
  server_ = std::make_unique<Server>(config_.limits, bell_, config_.threads,
                                     [this] { return std::make_unique<Pipeline>(site_); });
  if (const auto opened = server_->open(config_.listen.host, config_.listen.port); !opened) {
    spdlog::critical("--listen (or JANJI_LISTEN): {}", opened.error().detail);
    return 1;
  }
  opener_ = std::thread([this] { open_engine(); });
  server_->run([this] { site_.set_draining(); }, [this] { read_catalogue_anew(); });
  opener_.join();
  if (failed_.load() && engine_) spdlog::critical("{}", engine_->last_problem());
  close_engine();
  return failed_.load() ? 1 : 0;
}

bool House::load_catalogue() {
  std::vector<janji::CatalogueIssue> issues;
  auto loaded = janji::Catalogue::load(config_.catalogue, &issues);
  for (const janji::CatalogueIssue& issue : issues) {
    spdlog::log(issue.warning ? spdlog::level::warn : spdlog::level::err, "catalogue: {}",
                janji::to_string(issue));
  }
  if (!loaded) {
    spdlog::critical("--catalogue (or JANJI_CATALOGUE) {}: {}", config_.catalogue.string(),
                     loaded.error().detail);
    return false;
  }
  catalogue_ = *loaded;
  return true;
}

bool House::load_identity() {
  if (config_.durability == janji::Durability::memory) {
    // Nothing outlives the process, so neither need the keys.
    access_ = std::make_unique<AccessWatch>(std::filesystem::path{});
    identity_ = std::make_unique<Identity>(
        KeyRing::generate(janji::CivilTime{janji::system_clock().civil_ms()}));
    return true;
  }
  const auto ring = open_data_directory(config_.data);
  if (!ring) {
    spdlog::critical("--data (or JANJI_DATA): {}", ring.error().detail);
    return false;
  }
  identity_ = std::make_unique<Identity>(*ring);
  access_ = std::make_unique<AccessWatch>(config_.data / AccessKeys::kFileName);
  return true;
}

// On the opener's thread: nobody else touches engine_ and api_ before set_api() publishes them.
void House::open_engine() {
  janji::Options options;
  options.directory = config_.data;
  options.durability = config_.durability;
  options.catalogue = catalogue_;
  options.slots_max = 0;  // what the data has counts too, and only the engine knows that
  options.bookings_max =
      config_.bookings_max != 0
          ? config_.bookings_max
          : bookings_for(*catalogue_, janji::CivilTime{janji::system_clock().civil_ms()});
  options.trust_clock = config_.trust_clock;
  if (config_.backlog_max != 0) options.backlog_max = config_.backlog_max;
  options.journal_retain_lsn = config_.journal_retain;
  options.erase_within_ms = std::int64_t{config_.erase_within_hours} * 3'600'000;
  auto opened = janji::Engine::open(std::move(options));
  if (!opened) {
    spdlog::critical("--data (or JANJI_DATA) {}: {}: {}", config_.data.string(),
                     janji::to_string(opened.code()), opened.error().detail);
    failed_.store(true);
    server_->stop();
    return;
  }
  engine_ = std::move(*opened);
  engine_->add_listener(bell_);
  engine_->add_listener(failure_watch_);
  engine_->add_listener(problem_log_);
  bell_.begin(engine_->durable_lsn());
  api_ = std::make_unique<Api>(*engine_, *identity_, *access_, bell_,
                               config_.durability == janji::Durability::strict);
  if (!config_.backup_root.empty() && config_.durability != janji::Durability::memory) {
    backups_ = std::make_unique<BackupDesk>(*engine_, config_.data, config_.backup_root);
    site_.set_backups(backups_.get());
  }
  catalogues_ = std::make_unique<CatalogueDesk>(*engine_, config_.catalogue);
  site_.set_catalogues(catalogues_.get());
  compare_catalogue();
  site_.set_api(api_.get());
  if (!site_.draining()) announce();  // or who reads it would come too late
}

// Days that are open stay as they are until somebody has seen what an edit of the files means.
void House::compare_catalogue() const {
  const auto preview = engine_->preview_catalogue(catalogue_);
  if (!preview) return;
  std::uint64_t slots = 0;
  for (const janji::ChangedDay& day : preview->days) slots += day.closed + day.opened + day.resized;
  if (slots == 0) return;
  spdlog::warn(
      "catalogue: {} slots of days that are open aren't as the files have them; {} bookings would "
      "be "
      "displaced: look at it by POST /v1/admin/catalogue/reload {{\"dry_run\": true}}",
      slots, preview->displaced());
}

void House::read_catalogue_anew() {
  if (site_.api() == nullptr) {
    spdlog::warn("SIGHUP: the engine isn't open yet; the catalogue's files were read at the start");
    return;
  }
  site_.catalogues()->read_anew();
}

void House::announce() const {
  const std::string url = "http://" + server_->address();
  std::cout << fmt::format("janji serves on {}\ntry:  curl -s {}/v1/catalogue\n", url, url);
  if (config_.durability == janji::Durability::memory) {
    std::cout << "data: in memory only, gone with this process\n" << std::flush;
  } else {
    std::cout << "data: " << config_.data.string() << '\n' << std::flush;
  }
}

std::string House::metrics() const {
  MetricsInput input;
  for (const Route& route : routes()) {
    const auto verb = boost::beast::http::to_string(route.method);
    input.route_names.push_back(
        fmt::format("{} {}", std::string_view{verb.data(), verb.size()}, route.pattern));
  }
  input.threads = server_->stats();
  const Api* api = site_.api();
  input.engine = api == nullptr ? nullptr : &api->engine();
  input.version = JANJI_VERSION;
  input.lane_streams = site_.lane_seats().taken();
  input.feed_streams = site_.feed_seats().taken();
  return metrics_text(input);
}

void House::stop_listening() {
  if (!engine_) return;
  engine_->remove_listener(bell_);
  engine_->remove_listener(failure_watch_);
  engine_->remove_listener(problem_log_);
}

void House::close_engine() {
  site_.set_api(nullptr);
  stop_listening();
  backups_.reset();  // gives up what it is at
  catalogues_.reset();
  api_.reset();
  engine_.reset();
}

}  // namespace janjid
