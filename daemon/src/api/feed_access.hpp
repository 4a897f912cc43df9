// Who may read the change feed, and from where on.
#pragma once

#include <optional>
#include <string_view>

#include "api/exchange.hpp"
#include "http/query.hpp"

namespace janjid {

// Nothing when the request's access key may read the feed; else the answer. A key that is bound to
// a branch may not: most events don't say which branch's they are.
std::optional<Response> refuse_feed(const Exchange& exchange);

// The `after` parameter. Ahead of `newest` it can't have come from this feed, but from one before
// a backup was restored: reported.
std::optional<janji::Lsn> read_after(QueryReader& query, janji::Lsn newest, FieldErrors& errors);

}  // namespace janjid
