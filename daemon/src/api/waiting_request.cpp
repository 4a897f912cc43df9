#include "api/waiting_request.hpp"

#include <utility>

namespace janjid {
namespace {

std::size_t size_of(const Request& request) {
  std::size_t size = request.path.size() + request.query.size() + request.body.size();
  for (const HeaderField& field : request.fields) size += field.name.size() + field.value.size();
  return size;
}

}  // namespace

WaitingRequest::WaitingRequest(const Request& request, const Attempt& attempt, Answer answer,
                               const Wait& wait)
    : request_(request), attempt_(attempt), answer_(std::move(answer)) {
  round = wait.round;
  poll_ms = wait.poll_ms;
  by_time = wait.by_time;
  bytes_.reserve(size_of(request));
  const auto keep = [this](std::string_view text) {
    const std::size_t at = bytes_.size();
    bytes_.append(text);
    return std::string_view{bytes_}.substr(at);
  };
  fields_.reserve(request.fields.size());
  for (const HeaderField& field : request.fields) {
    fields_.push_back({field.id, keep(field.name), keep(field.value)});
  }
  request_.fields = fields_;
  request_.path = keep(request.path);
  request_.query = keep(request.query);
  request_.body = keep(request.body);
}

Reply WaitingRequest::again() {
  Wait wait;
  Reply reply = answer_(request_, attempt_, &wait);
  if (wait.round == 0) return reply;
  // The connection let go of this object when it called: a new one takes its place.
  auto next = std::make_unique<WaitingRequest>(request_, attempt_, answer_, wait);
  Reply parked{std::unique_ptr<Parked>{std::move(next)}};
  parked.route = reply.route;
  return parked;
}

Reply WaitingRequest::give_up() {
  if (poll_ms != 0) {
    attempt_.last_look = true;
    Wait wait;
    Reply reply = answer_(request_, attempt_, &wait);
    if (wait.round == 0) return reply;
  }
  const ProblemCode code = attempt_.granted ? ProblemCode::outcome_unknown : ProblemCode::retry;
  return problem(code, audience_of(request_));
}

}  // namespace janjid
