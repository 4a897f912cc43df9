// A backup of all data, while everything goes on.
#include "api/authority.hpp"
#include "api/backup_desk.hpp"
#include "api/backup_path.hpp"
#include "api/handlers.hpp"
#include "api/order_reply.hpp"
#include "api/request_parts.hpp"

namespace janjid {
namespace {

constexpr std::int64_t kWaitSecondsMax = 25;  // below what proxies and clients put up with
constexpr std::string_view kIncluded = "included";
constexpr std::string_view kLeftOut = "left_out";

struct Given {
  std::string directory;
  bool with_keys{true};
  std::int64_t wait_ms{kWaitSecondsMax * 1000};
};

Given read_body(Exchange& exchange, FieldErrors& errors) {
  Given given;
  if (!read_json(exchange, errors)) return given;
  using Need = JsonReader::Need;
  JsonReader body{exchange.scratch.json, exchange.scratch.json.root(), "", errors};
  given.directory = body.string("directory", Need::required).value_or("");
  if (const auto keys = body.string("keys", Need::optional)) {
    given.with_keys = *keys == kIncluded;
    if (!given.with_keys && *keys != kLeftOut) {
      body.report("keys", Fault::bad_choice, "included, left_out");
    }
  }
  if (const auto wait_s = body.integer("wait_seconds", Need::optional)) {
    given.wait_ms = *wait_s * 1000;
    if (*wait_s < 0 || *wait_s > kWaitSecondsMax) {
      body.report("wait_seconds", Fault::bad_choice, "0 to 25");
    }
  }
  body.finish();
  return given;
}

Response answer(const BackupOrder& order, const BackupState& state, bool replayed) {
  const bool done = state.step == BackupState::Step::done;
  Response response;
  response.status = done ? 201 : 202;
  if (replayed) response.add_header("Idempotency-Replayed", "true");
  JsonWriter json{response.body};
  json.begin_object();
  json.name("backup").begin_object();
  json.name("directory").string(order.directory.string());
  json.name("status").string(done ? "done" : "running");
  json.name("keys").string(order.with_keys ? kIncluded : kLeftOut);
  if (done) {
    json.name("lsn").number(state.report.covers.value);
    json.name("journal_from").number(state.report.journal_from.value);
    json.name("bytes").number(state.bytes);
    json.name("ms").number(state.report.ms);
  }
  json.end_object();
  json.end_object();
  return response;
}

}  // namespace

Reply post_admin_backup(Exchange& exchange) {
  auto authority = authorise_staff(exchange, Scope::backup);
  if (auto* refusal = std::get_if<Response>(&authority)) return std::move(*refusal);
  const AccessKey& access = std::get<AccessKey>(authority);
  if (!access.branch.empty()) return problem(ProblemCode::forbidden, exchange.audience());
  FieldErrors errors;
  const auto key = read_idempotency_key(exchange.request, errors);
  const Given given = read_body(exchange, errors);
  BackupDesk* const desk = exchange.site.backups();
  if (!errors.empty()) return invalid_request(exchange.audience(), errors);
  if (desk == nullptr) return problem(ProblemCode::backup_unavailable, exchange.audience());
  const auto directory = backup_path(desk->root(), given.directory);
  if (!directory) {
    if (directory.code() != janji::Code::invalid_argument) {
      return problem(ProblemCode::backup_failed, exchange.audience(),
                     {.detail = directory.error().detail});
    }
    errors.body("/directory", Fault::bad_format, directory.error().detail);
    return invalid_request(exchange.audience(), errors);
  }
  const BackupOrder order{access.number, std::string{key->view()}, *directory, given.with_keys};
  const BackupState state = desk->ask(order);
  return order_reply(exchange, state, given.wait_ms,
                     [&](bool replayed) { return answer(order, state, replayed); });
}

}  // namespace janjid
