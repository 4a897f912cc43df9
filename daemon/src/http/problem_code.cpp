#include "http/problem_code.hpp"

#include <janji/check.hpp>

namespace janjid {
namespace {

using enum ProblemCode;

// clang-format off
constexpr ProblemEntry kTable[] = {
  {slot_full, "slot_full", 409, 0,
   {"Slot ini sudah penuh", "The slot is full", "Slot ini sudah penuh"},
   {"Tiada tempat kosong lagi dalam apa yang diminta. Pilih salah satu alternatif, atau cuba tarikh lain.",
    "Nothing is free any more in what was asked for. Take one of the alternatives, or try another date.",
    "Tidak ada lagi tempat kosong dalam yang diminta. Pilih salah satu alternatif, atau coba tanggal lain."}},
  {already_booked, "already_booked", 409, 0,
   {"Pemohon sudah mempunyai janji temu", "The applicant already has an appointment", "Pemohon sudah memiliki janji temu"},
   {"Seorang pemohon hanya boleh mempunyai satu janji temu aktif bagi perkhidmatan ini. Batalkan yang lama dahulu.",
    "One applicant can have one active appointment for this service. Cancel the other one first.",
    "Satu pemohon hanya dapat memiliki satu janji temu aktif untuk layanan ini. Batalkan yang lama terlebih dahulu."}},
  {hold_expired, "hold_expired", 410, 0,
   {"Tempoh pegangan sudah tamat", "The hold has expired", "Masa penahanan sudah berakhir"},
   {"Slot tidak disahkan dalam masa yang diberi dan telah dilepaskan. Buat tuntutan baharu.",
    "The slot wasn't confirmed in time and was given back. Claim again.",
    "Slot tidak dikonfirmasi tepat waktu dan telah dilepaskan. Ajukan klaim baru."}},
  {booking_not_found, "booking_not_found", 404, 0,
   {"Tempahan tidak dijumpai", "No such booking", "Pemesanan tidak ditemukan"},
   {"Tiada tempahan dengan rujukan ini. Semak setiap aksara rujukan itu.",
    "No booking has this reference. Check each of its characters.",
    "Tidak ada pemesanan dengan referensi ini. Periksa setiap karakternya."}},
  {slot_not_found, "slot_not_found", 404, 0,
   {"Slot tidak dijumpai", "No such slot", "Slot tidak ditemukan"},
   {"Apa yang diminta tidak menamakan slot yang wujud. Ambil pengecam slot daripada senarai slot.",
    "What was asked for names no slot. Take slot ids from the list of slots.",
    "Yang diminta tidak menunjuk slot mana pun. Ambil id slot dari daftar slot."}},
  {not_released, "not_released", 409, 0,
   {"Hari ini belum dibuka", "Not open for booking yet", "Belum dibuka untuk pemesanan"},
   {"Slot pada hari itu belum dibuka. Senarai slot menyatakan bila ia dibuka.",
    "The slots of that day aren't open yet. The list of slots says when they open.",
    "Slot pada hari itu belum dibuka. Daftar slot menyebutkan kapan dibuka."}},
  {outside_horizon, "outside_horizon", 422, 0,
   {"Tarikh di luar tempoh tempahan", "The date can't be booked", "Tanggal di luar masa pemesanan"},
   {"Tarikh itu terlalu jauh atau sudah berlalu. Katalog menyatakan berapa hari boleh ditempah.",
    "The date is too far ahead, or past. The catalogue says how many days can be booked.",
    "Tanggal itu terlalu jauh atau sudah lewat. Katalog menyebutkan berapa hari yang dapat dipesan."}},
  {closed, "closed", 409, 0,
   {"Pejabat tutup", "Closed", "Kantor tutup"},
   {"Pejabat tutup pada masa itu. Pilih hari lain.",
    "The office is closed then. Choose another day.",
    "Kantor tutup pada waktu itu. Pilih hari lain."}},
  {illegal_transition, "illegal_transition", 409, 0,
   {"Tempahan tidak lagi membenarkannya", "The booking doesn't allow that any more", "Pemesanan tidak lagi mengizinkannya"},
   {"Keadaan tempahan tidak membenarkan langkah ini. Baca tempahan itu untuk melihat keadaannya.",
    "The booking's status doesn't allow this step. Read the booking to see what it is.",
    "Status pemesanan tidak mengizinkan langkah ini. Baca pemesanan itu untuk melihat statusnya."}},
  {changes_exceeded, "changes_exceeded", 409, 0,
   {"Tempahan tidak boleh diubah lagi begitu", "The booking can't be changed like that again", "Pemesanan tidak dapat diubah lagi seperti itu"},
   {"Ia sudah dipindahkan, dilanjutkan, dipanggil atau diberi token baharu sebanyak yang dibenarkan (`reschedules_max` dan `extensions_max` dalam katalog). Batalkan dan buat tempahan baharu jika perlu.",
    "It was moved, extended, called or given a new token as often as may be (`reschedules_max` and `extensions_max` in the catalogue). Cancel it and book anew if you must.",
    "Pemesanan sudah dipindahkan, diperpanjang, dipanggil atau diberi token baru sebanyak yang diizinkan (`reschedules_max` dan `extensions_max` dalam katalog). Batalkan dan pesan baru jika perlu."}},
  {slot_not_allowed, "slot_not_allowed", 409, 0,
   {"Tempahan tidak boleh dipindahkan ke slot itu", "The booking can't move to that slot", "Pemesanan tidak dapat dipindahkan ke slot itu"},
   {"Pilih slot lain bagi perkhidmatan dan kumpulan yang sama; di pejabat lain hanya jika perkhidmatan membenarkannya (`reschedule_elsewhere`).",
    "Choose another slot of the same service and pool; at another office only where the service allows that (`reschedule_elsewhere`).",
    "Pilih slot lain dari layanan dan kelompok yang sama; di kantor lain hanya bila layanan mengizinkannya (`reschedule_elsewhere`)."}},
  {too_early, "too_early", 409, 0,
   {"Belum masanya", "Too early", "Belum waktunya"},
   {"Daftar masuk bermula beberapa minit sebelum slot (`check_in_minutes` dalam katalog); ketidakhadiran hanya boleh dicatat selepas slot bermula.",
    "Check-in begins some minutes before the slot (`check_in_minutes` in the catalogue); a no-show can be noted only once the slot has begun.",
    "Check-in dimulai beberapa menit sebelum slot (`check_in_minutes` dalam katalog); ketidakhadiran hanya dapat dicatat setelah slot dimulai."}},
  {wrong_branch, "wrong_branch", 409, 0,
   {"Tempahan untuk cawangan lain", "The booking is for another branch", "Pemesanan untuk cabang lain"},
   {"Baca tempahan itu untuk melihat cawangannya.",
    "Read the booking to see which branch it is for.",
    "Baca pemesanan itu untuk melihat cabangnya."}},
  {in_group, "in_group", 409, 0,
   {"Tempahan ini sebahagian daripada kumpulan", "The booking is part of a group", "Pemesanan ini bagian dari grup"},
   {"Hanya seluruh kumpulan boleh disahkan, dilanjutkan atau dipindahkan; seorang ahli boleh dibatalkan. `group` dalam tempahan menamakan kumpulan itu.",
    "Only the group as a whole can be confirmed, extended or moved; a member can be cancelled. The booking's `group` names it.",
    "Hanya seluruh grup yang dapat dikonfirmasi, diperpanjang atau dipindahkan; seorang anggota dapat dibatalkan. `group` dalam pemesanan menyebutkannya."}},
  {group_invalid, "group_invalid", 422, 0,
   {"Kumpulan itu tidak sepadan", "The group doesn't add up", "Grup itu tidak cocok"},
   {"Bahagian-bahagian mesti mengikut urutan slot tanpa bertindih, mempunyai tempat sebanyak ahli yang masih aktif, dan tiada ahli dinamakan dua kali.",
    "The parts must be in the order of their slots without overlapping and have as many seats as there are members that haven't ended, and no member can be named twice.",
    "Bagian-bagian harus berurutan menurut slot tanpa tumpang tindih, memiliki tempat sebanyak anggota yang masih aktif, dan tidak ada anggota yang disebut dua kali."}},
  {too_late, "too_late", 409, 0,
   {"Sudah terlambat", "Too late", "Sudah terlambat"},
   {"Slot itu sudah berlalu, atau bermula terlalu awal untuk ditempah lagi: pilih slot kemudian. Atau slot tempahan itu sendiri bermula terlalu awal untuk dipindahkan.",
    "The slot is past, or starts too soon to be booked any more: choose a later one. Or the booking's own slot starts too soon for it to be moved.",
    "Slot itu sudah lewat, atau mulai terlalu cepat untuk dipesan: pilih slot yang lebih lambat. Atau slot pemesanan itu sendiri mulai terlalu cepat untuk dipindahkan."}},
  {limit_reached, "limit_reached", 503, 5000,
   {"Had pelayan dicapai", "A limit of the server is reached", "Batas server tercapai"},
   {"Pelayan tidak dapat menyimpan lebih banyak tempahan buat masa ini. Tiada apa-apa berubah.",
    "The server can't keep more bookings for now. Nothing was changed.",
    "Server tidak dapat menyimpan lebih banyak pemesanan saat ini. Tidak ada yang berubah."}},
  {category_not_allowed, "category_not_allowed", 422, 0,
   {"Perkhidmatan ini bukan untuk kategori pemohon", "The service isn't for this category of applicant", "Layanan ini bukan untuk kategori pemohon"},
   {"Katalog menyatakan kategori yang diterima oleh setiap perkhidmatan.",
    "The catalogue says which categories each service accepts.",
    "Katalog menyebutkan kategori yang diterima setiap layanan."}},
  {seats_exceeded, "seats_exceeded", 422, 0,
   {"Bilangan tempat tidak dibenarkan", "That number of seats isn't allowed", "Jumlah tempat tidak diizinkan"},
   {"Minta sekurang-kurangnya satu tempat dan tidak melebihi `seats_max` perkhidmatan itu dalam katalog.",
    "Ask for at least one seat and at most the service's `seats_max`, which stands in the catalogue.",
    "Minta sedikitnya satu tempat dan paling banyak `seats_max` layanan itu di katalog."}},
  {retry, "retry", 503, 100,
   {"Cuba sekali lagi", "Try again", "Coba lagi"},
   {"Pelayan tidak dapat memutuskannya sekarang. Tiada apa-apa berubah; hantar permintaan yang sama semula.",
    "The server couldn't decide this just now. Nothing was changed; send the same request again.",
    "Server belum dapat memutuskannya. Tidak ada yang berubah; kirim permintaan yang sama lagi."}},
  {overloaded, "overloaded", 503, 500,
   {"Pelayan terlalu sibuk", "The server is overloaded", "Server terlalu sibuk"},
   {"Tiada apa-apa berubah. Tunggu sebentar, kemudian hantar permintaan yang sama semula.",
    "Nothing was changed. Wait a moment, then send the same request again.",
    "Tidak ada yang berubah. Tunggu sebentar, lalu kirim permintaan yang sama lagi."}},
  {read_only, "read_only", 503, 5000,
   {"Pelayan hanya boleh dibaca buat masa ini", "The server is read-only for now", "Server hanya dapat dibaca saat ini"},
   {"Storan hampir penuh, maka tiada apa-apa boleh diubah. Tempahan sedia ada selamat.",
    "Its storage is nearly full, so nothing can be changed. Existing bookings are safe.",
    "Penyimpanan hampir penuh, sehingga tidak ada yang dapat diubah. Pemesanan yang ada tetap aman."}},
  {outcome_unknown, "outcome_unknown", 500, 1000,
   {"Hasilnya tidak diketahui", "The outcome is unknown", "Hasilnya tidak diketahui"},
   {"Permintaan mungkin telah dilaksanakan dan mungkin tidak. Hantar semula dengan Idempotency-Key yang sama: ia tidak akan berlaku dua kali.",
    "The request may have been carried out, or not. Send it again with the same Idempotency-Key: it won't happen twice.",
    "Permintaan mungkin sudah dilaksanakan, mungkin belum. Kirim lagi dengan Idempotency-Key yang sama: tidak akan terjadi dua kali."}},
  {idempotency_mismatch, "idempotency_mismatch", 422, 0,
   {"Idempotency-Key sudah digunakan untuk permintaan lain", "The Idempotency-Key was used for another request", "Idempotency-Key sudah dipakai untuk permintaan lain"},
   {"Guna kunci baharu bagi setiap permintaan baharu, dan kunci yang sama hanya untuk mengulang permintaan yang sama.",
    "Use a new key for each new request, and the same one only to repeat the same request.",
    "Gunakan kunci baru untuk setiap permintaan baru, dan kunci yang sama hanya untuk mengulang permintaan yang sama."}},
  {invalid_request, "invalid_request", 400, 0,
   {"Permintaan tidak sah", "The request is invalid", "Permintaan tidak sah"},
   {"Betulkan apa yang dinyatakan dalam `errors`, kemudian hantar semula.",
    "Mend what `errors` names, then send it again.",
    "Perbaiki yang disebutkan dalam `errors`, lalu kirim lagi."}},
  {unauthorized, "unauthorized", 401, 0,
   {"Token tempahan diperlukan", "The booking's token is needed", "Token pemesanan diperlukan"},
   {"Hantar token yang diberi bersama tempahan: Authorization: Bearer <token>.",
    "Send the token that came with the booking: Authorization: Bearer <token>.",
    "Kirim token yang diberikan bersama pemesanan: Authorization: Bearer <token>."}},
  {forbidden, "forbidden", 403, 0,
   {"Token ini bukan untuk tempahan ini", "The token isn't this booking's", "Token ini bukan untuk pemesanan ini"},
   {"Setiap tempahan mempunyai tokennya sendiri. Hantar token yang diberi bersama tempahan ini.",
    "Each booking has a token of its own. Send the one that came with this booking.",
    "Setiap pemesanan memiliki token sendiri. Kirim token yang diberikan bersama pemesanan ini."}},
  {gap, "gap", 410, 0,
   {"Peristiwa itu tidak lagi disimpan", "Those events are no longer kept", "Peristiwa itu tidak lagi disimpan"},
   {"Suapan perubahan bermula kemudian daripada `after`. Ambil `newest` daripada satu jawapan, baca semua tempahan sekali lagi, kemudian teruskan dari situ; atau dari `oldest` jika yang hilang tidak penting.",
    "The change feed begins later than `after`. Take `newest` from an answer, read all bookings anew, then go on from there; or from `oldest` if what is lost doesn't matter.",
    "Umpan perubahan dimulai lebih lambat dari `after`. Ambil `newest` dari satu jawaban, baca semua pemesanan sekali lagi, lalu lanjutkan dari sana; atau dari `oldest` bila yang hilang tidak penting."}},
  {not_found, "not_found", 404, 0,
   {"Tidak dijumpai", "Not found", "Tidak ditemukan"},
   {"Tiada apa-apa di alamat ini. /openapi.json menyenaraikan semua yang ada.",
    "There is nothing at this address. /openapi.json lists what there is.",
    "Tidak ada apa pun di alamat ini. /openapi.json memuat semua yang ada."}},
  {method_not_allowed, "method_not_allowed", 405, 0,
   {"Kaedah tidak dibenarkan", "Method not allowed", "Metode tidak diizinkan"},
   {"Alamat ini wujud, tetapi bukan untuk kaedah ini. Pengepala Allow menamakan yang boleh digunakan.",
    "The address exists, but not for this method. The Allow header names those that work.",
    "Alamat ini ada, tetapi bukan untuk metode ini. Header Allow menyebutkan yang dapat dipakai."}},
  {request_timeout, "request_timeout", 408, 1000,
   {"Permintaan tiba terlalu perlahan", "The request arrived too slowly", "Permintaan datang terlalu lambat"},
   {"Permintaan tidak lengkap dalam masa yang diberi. Tiada apa-apa berubah; hantar semula.",
    "The request wasn't complete in time. Nothing was changed; send it again.",
    "Permintaan tidak lengkap tepat waktu. Tidak ada yang berubah; kirim lagi."}},
  {payload_too_large, "payload_too_large", 413, 0,
   {"Badan permintaan terlalu besar", "The body is too large", "Isi permintaan terlalu besar"},
   {"Badan permintaan melebihi had. Dokumentasi menyatakan had itu.",
    "The body is larger than the limit, which the documentation states.",
    "Isi permintaan melebihi batas. Dokumentasi menyebutkan batas itu."}},
  {unsupported_media_type, "unsupported_media_type", 415, 0,
   {"Jenis media tidak disokong", "Unsupported media type", "Jenis media tidak didukung"},
   {"Hantar badan permintaan sebagai JSON: Content-Type: application/json.",
    "Send the body as JSON: Content-Type: application/json.",
    "Kirim isi permintaan sebagai JSON: Content-Type: application/json."}},
  {headers_too_large, "headers_too_large", 431, 0,
   {"Pengepala terlalu besar", "The header is too large", "Header terlalu besar"},
   {"Pengepala melebihi had saiz atau bilangan medan. Hantar pengepala yang lebih kecil.",
    "The header is over the limit of its size or of its number of fields. Send a smaller one.",
    "Header melebihi batas ukuran atau jumlah field. Kirim header yang lebih kecil."}},
  {too_many_streams, "too_many_streams", 503, 5000,
   {"Terlalu banyak aliran dibuka", "Too many streams are open", "Terlalu banyak aliran terbuka"},
   {"Pelayan sudah mempunyai seberapa banyak aliran yang dibenarkan. Cuba lagi nanti, atau tanya tanpa aliran.",
    "The server has as many streams open as it may. Try again later, or ask without a stream.",
    "Server sudah membuka aliran sebanyak yang diizinkan. Coba lagi nanti, atau tanyakan tanpa aliran."}},
  {backup_unavailable, "backup_unavailable", 409, 0,
   {"Sandaran tidak dapat dibuat", "No backup can be made", "Cadangan tidak dapat dibuat"},
   {"Pelayan tidak diberi tempat untuk sandaran (--backup-root, JANJI_BACKUP_ROOT), atau datanya hanya dalam ingatan.",
    "The server was given no place for backups (--backup-root, JANJI_BACKUP_ROOT), or its data is in memory only.",
    "Server tidak diberi tempat untuk cadangan (--backup-root, JANJI_BACKUP_ROOT), atau datanya hanya di memori."}},
  {directory_not_empty, "directory_not_empty", 409, 0,
   {"Direktori tidak kosong", "The directory isn't empty", "Direktori tidak kosong"},
   {"Sandaran hanya ditulis ke dalam direktori yang kosong atau belum ada. Namakan yang lain.",
    "A backup is only written into a directory that is empty or missing. Name another.",
    "Cadangan hanya ditulis ke direktori yang kosong atau belum ada. Sebutkan yang lain."}},
  {backup_running, "backup_running", 503, 5000,
   {"Sandaran lain sedang dibuat", "Another backup is being made", "Cadangan lain sedang dibuat"},
   {"Hanya satu sandaran dibuat pada satu masa. Cuba lagi selepas yang itu selesai.",
    "Backups are made one at a time. Try again when that one is done.",
    "Cadangan dibuat satu per satu. Coba lagi setelah yang itu selesai."}},
  {backup_failed, "backup_failed", 500, 0,
   {"Sandaran gagal", "The backup failed", "Cadangan gagal"},
   {"Sandaran tidak siap; log pelayan menyatakan sebabnya. Data itu sendiri tidak berubah.",
    "The backup wasn't completed; the server's log says why. The data itself is as it was.",
    "Cadangan tidak selesai; log server menyatakan sebabnya. Data itu sendiri tidak berubah."}},
  {internal_error, "internal_error", 500, 1000,
   {"Ralat dalaman", "Internal error", "Kesalahan internal"},
   {"Pelayan gagal menjawab. Ulang dengan Idempotency-Key yang sama; sebut request_id jika ia berterusan.",
    "The server failed to answer. Repeat with the same Idempotency-Key; quote the request_id if it persists.",
    "Server gagal menjawab. Ulangi dengan Idempotency-Key yang sama; sebutkan request_id jika berlanjut."}},
};
// clang-format on

constexpr bool in_order() {
  std::size_t place = 0;
  for (const ProblemEntry& entry : kTable) {
    if (static_cast<std::size_t>(entry.code) != place++) return false;
  }
  return place == static_cast<std::size_t>(internal_error) + 1;
}
static_assert(in_order(), "entry_of() finds by position");

struct EngineEntry {
  janji::Code engine;
  ProblemCode http;
};

constexpr EngineEntry kEngineTable[] = {
    {janji::Code::slot_full, slot_full},
    {janji::Code::already_booked, already_booked},
    {janji::Code::hold_expired, hold_expired},
    {janji::Code::booking_not_found, booking_not_found},
    {janji::Code::slot_not_found, slot_not_found},
    {janji::Code::not_released, not_released},
    {janji::Code::outside_horizon, outside_horizon},
    {janji::Code::closed, closed},
    {janji::Code::illegal_transition, illegal_transition},
    {janji::Code::retry, retry},
    {janji::Code::overloaded, overloaded},
    {janji::Code::read_only, read_only},
    {janji::Code::outcome_unknown, outcome_unknown},
    {janji::Code::too_late, too_late},
    {janji::Code::limit_reached, limit_reached},
    {janji::Code::category_not_allowed, category_not_allowed},
    {janji::Code::seats_exceeded, seats_exceeded},
    {janji::Code::operation_mismatch, idempotency_mismatch},
    {janji::Code::invalid_argument, invalid_request},
    {janji::Code::damaged, internal_error},
    {janji::Code::io_error, internal_error},
    {janji::Code::locked, internal_error},
    {janji::Code::changes_exceeded, changes_exceeded},
    {janji::Code::change_too_late, too_late},
    {janji::Code::too_early, too_early},
    {janji::Code::wrong_branch, wrong_branch},
    {janji::Code::slot_not_allowed, slot_not_allowed},
    {janji::Code::gap, gap},
    {janji::Code::in_group, in_group},
    {janji::Code::group_invalid, group_invalid},
    {janji::Code::stopped, retry},  // closing down: nothing was changed
};

}  // namespace

std::span<const ProblemEntry> problem_table() noexcept {
  return kTable;
}

const ProblemEntry& entry_of(ProblemCode code) noexcept {
  return kTable[static_cast<std::size_t>(code)];
}

std::optional<ProblemCode> find_problem(std::string_view name) noexcept {
  for (const ProblemEntry& entry : kTable) {
    if (entry.name == name) return entry.code;
  }
  return std::nullopt;
}

ProblemCode problem_of(janji::Code code) noexcept {
  for (const EngineEntry& entry : kEngineTable) {
    if (entry.engine == code) return entry.http;
  }
  janji::check_failed("the engine's code is in the table", __FILE__, __LINE__);
}

}  // namespace janjid
