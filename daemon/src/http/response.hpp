// What is answered, before it becomes bytes.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include <janji/types.hpp>

#include "http/request.hpp"
#include "http/stream.hpp"

namespace janjid {

inline constexpr std::string_view kJson = "application/json";
inline constexpr std::string_view kProblemJson = "application/problem+json";
inline constexpr std::string_view kHtml = "text/html; charset=utf-8";
inline constexpr std::string_view kNoStore = "no-store";

struct Response {
  unsigned status{200};
  std::string_view content_type{kJson};      // outlives the response
  std::string_view cache_control{kNoStore};  // outlives the response
  std::string headers;                       // further lines, each with its CRLF
  std::string body;
  // Instead of `body`: bytes of someone else, alive until the response was rendered.
  std::string_view borrowed_body;
  bool endless{false};  // the head of a stream: no body, and no length to tell

  // Neither name nor value may hold a control character: a broken invariant.
  void add_header(std::string_view name, std::string_view value);
  std::string_view content() const noexcept {
    return borrowed_body.data() != nullptr ? borrowed_body : std::string_view{body};
  }
};

// A page of ours that seldom changes; `page` lives as long as the program.
Response html_page(std::string_view page);

// What a response needs of the request that it answers, once that is gone.
struct Envelope {
  RequestId id;
  Language language{kDefaultLanguage};
  bool head_only{false};  // HEAD: no body, but its length
  bool keep_alive{true};  // false: say so, and close behind it
  bool http_1_0{false};   // then keeping the connection must be said, too
};

// Appends status line, header and body to `out`. `date` is an HTTP date.
void render(const Response& response, const Envelope& envelope, std::string_view date,
            std::string& out);

class Parked;

// A handler's answer: a response, to be sent once `lsn` is durable; or the head of a stream, and
// the stream, which begins behind it and takes the connection for the rest of its life; or, when
// the engine can't say yet, the request itself, parked.
struct Reply {
  Response response;
  janji::Lsn lsn;  // 0: send it at once
  std::unique_ptr<Parked> parked;
  std::unique_ptr<Stream> stream;
  std::uint8_t route{0xFF};  // for the counters; kNoRoute when none was met

  Reply() = default;
  Reply(Response r) : response(std::move(r)) {}  // NOLINT: reads as `return response;`
  Reply(Response r, janji::Lsn l) : response(std::move(r)), lsn(l) {}
  explicit Reply(std::unique_ptr<Parked> p);
  Reply(Reply&&) noexcept;
  Reply& operator=(Reply&&) noexcept;
  ~Reply();
};
inline constexpr std::uint8_t kNoRoute = 0xFF;

// A request that waits for a round of the engine's writer, with all that it needs to go on.
class Parked {
 public:
  virtual ~Parked() = default;
  // Looks again; the result may be parked once more. On the connection's thread.
  virtual Reply again() = 0;
  // It waited too long: the answer that says so, or, of a poll, what there is. It isn't parked.
  virtual Reply give_up() = 0;

  std::uint64_t round{0};  // look again when this one is complete
  // A poll, that waits so long in all for something to happen, and is content if nothing does; a
  // daemon that ends doesn't keep it. 0: it waits for a decision, within the connection's limits.
  std::int64_t poll_ms{0};
  bool by_time{false};  // looks again with time, some times a second, too
};

}  // namespace janjid
