// Bytes of a connection: cut into requests in two ways, which must agree, and each request
// answered by the daemon's handlers. The first byte chooses the limits, the next three the pieces.
#include <cstring>
#include <string>
#include <vector>

#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/json/parse.hpp>

#include "fuzz/complain.hpp"
#include "fuzz/targets.hpp"
#include "fuzz/town_hall.hpp"
#include "net/message_reader.hpp"

namespace janji::fuzz {
namespace {

namespace beast_http = boost::beast::http;
using janjid::MessageReader;
using janjid::Request;
using janjid::Response;

constexpr std::size_t kHeadBytes = 4;

const janjid::Limits kUsual;

// So small that an input of a few hundred bytes gets past them.
janjid::Limits narrow() {
  janjid::Limits limits;
  limits.header_bytes = 200;
  limits.header_fields = 6;
  limits.body_bytes = 64;
  return limits;
}
const janjid::Limits kNarrow = narrow();

std::string words_of(const Request& request, const MessageReader& reader) {
  std::string words = "request " + std::to_string(static_cast<int>(request.method)) + ' ';
  words.append(request.path).append("?").append(request.query);
  for (const janjid::HeaderField& field : request.fields) {
    words.append("\n").append(std::to_string(static_cast<int>(field.id)));
    words.append(field.name).append(": ").append(field.value);
  }
  words.append("\n").append(janjid::to_string(request.language));
  words.append(reader.keep_alive() ? " keep " : " close ");
  words.append(reader.http_1_0() ? "1.0\n" : "1.1\n").append(request.body);
  return words;
}

// What a reader made of the bytes, the requests first and last how it ended.
using Story = std::vector<std::string>;

template <class Pieces, class Heard>
Story read_all(std::string_view bytes, const janjid::Limits& limits, Pieces&& piece,
               Heard&& heard) {
  Story story;
  MessageReader reader(limits);
  for (;;) {
    MessageReader::State state = reader.next();
    while (state == MessageReader::State::need_more && !bytes.empty()) {
      (void)reader.take_expectation();
      const auto room = reader.room();
      require(room.size() > 0, "no room for what is wanted");
      const std::size_t size = std::min({piece(), bytes.size(), room.size()});
      std::memcpy(room.data(), bytes.data(), size);
      reader.commit(size);
      bytes.remove_prefix(size);
      state = reader.next();
    }
    if (state == MessageReader::State::need_more) {
      story.push_back("more, in phase " + std::to_string(static_cast<int>(reader.phase())));
      return story;
    }
    if (state == MessageReader::State::refused) {
      // Of several things that are wrong, the first one seen is told: that depends on the pieces.
      require(janjid::entry_of(reader.refusal()).status >= 400, "refused without a reason");
      story.push_back("refused");
      return story;
    }
    story.push_back(words_of(reader.request(), reader));
    heard(reader.request());
    reader.consume();
  }
}

janjid::RequestId some_id() {
  janjid::RequestId id;
  id.chars.fill('7');
  return id;
}

// What goes over the wire is one message of HTTP, and its body is what it says.
void check_answer(const Request& request, const Response& response) {
  require(response.status >= 200 && response.status < 600, "no such status");
  janjid::Envelope envelope;
  envelope.id = request.id;
  envelope.head_only = request.method == janjid::Verb::head;
  std::string wire;
  janjid::render(response, envelope, "Mon, 02 Mar 2026 00:30:00 GMT", wire);
  beast_http::response_parser<beast_http::string_body> parser;
  parser.skip(envelope.head_only);
  parser.eager(true);
  parser.body_limit(boost::none);
  boost::beast::error_code ec;
  const std::size_t used = parser.put(boost::asio::buffer(wire), ec);
  if (ec || !parser.is_done() || used != wire.size()) complain("no HTTP: " + wire);
  const std::string_view content = response.content();
  const bool is_json =
      response.content_type == janjid::kJson || response.content_type == janjid::kProblemJson;
  if (!is_json || content.empty()) return;
  (void)boost::json::parse({content.data(), content.size()}, ec);
  if (ec) complain("no JSON: " + std::string(content));
}

}  // namespace

void fuzz_http(Input input) {
  if (input.size() < kHeadBytes) return;
  TownHall& hall = town_hall();
  const janjid::Limits& limits = input[0] % 2 == 0 ? kUsual : kNarrow;
  const std::string bytes = hall.filled_in(
      {reinterpret_cast<const char*>(input.data()) + kHeadBytes, input.size() - kHeadBytes});
  const Story whole = read_all(
      bytes, limits, [&] { return bytes.size(); },
      [&](Request& request) {
        request.id = some_id();
        check_answer(request, hall.answer(request));
      });
  std::size_t cuts = 0;
  const Story pieces = read_all(
      bytes, limits, [&] { return std::size_t{1} + input[1 + cuts++ % 3] % 64; }, [](Request&) {});
  if (whole == pieces) return;
  for (const Story& story : {whole, pieces}) {
    std::fprintf(stderr, "fuzz: so it is:\n");
    for (const std::string& words : story) std::fprintf(stderr, "  %s\n", words.c_str());
  }
  complain("how the bytes are cut makes a difference");
}

}  // namespace janji::fuzz
