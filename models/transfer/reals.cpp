// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/transfer/reals.h"

#include <charconv>
#include <cmath>
#include <limits>

namespace turnstone {

void appendReal(OutputBuffer &out, double value)
{
    if (std::isnan(value)) {
        out.append("NaN", 3);
        return;
    }
    if (std::isinf(value)) {
        out.append(value > 0 ? QByteArrayView("Infinity") : QByteArrayView("-Infinity"));
        return;
    }
    char *const start = out.room(40);
    char *end = std::to_chars(start, start + 38, value).ptr;
    bool isReal = false;
    for (const char *p = start; p < end && !isReal; ++p)
        isReal = *p == '.' || *p == 'e';
    if (!isReal) { // stays a real number when it is read back
        *end++ = '.';
        *end++ = '0';
    }
    out.finish(end);
}

bool realFromText(QByteArrayView text, double &value)
{
    if (text == "Infinity" || text == "-Infinity") {
        value = text.front() == '-' ? -std::numeric_limits<double>::infinity() : std::numeric_limits<double>::infinity();
        return true;
    }
    if (text.isEmpty() || !(text.front() == '-' || text.front() == '.' || (text.front() >= '0' && text.front() <= '9')))
        return false;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    return error == std::errc() && end == text.data() + text.size() && std::isfinite(value);
}

bool integerFromText(QByteArrayView text, std::int64_t &value)
{
    if (text.isEmpty() || text.size() > 20)
        return false;
    const char *const first = text.data() + (text.front() == '-' ? 1 : 0);
    const char *const last = text.data() + text.size();
    if (first == last || (*first == '0' && (last - first > 1 || first != text.data())))
        return false;
    const auto [end, error] = std::from_chars(text.data(), last, value);
    return error == std::errc() && end == last;
}

bool looksLikeNumber(QByteArrayView text)
{
    const char *p = text.data();
    const char *const end = p + text.size();
    const auto space = [](char c) { return c == ' ' || (c >= '\t' && c <= '\r'); };
    const auto digits = [&] {
        const char *const start = p;
        while (p < end && *p >= '0' && *p <= '9')
            ++p;
        return p - start;
    };
    while (p < end && space(*p))
        ++p;
    if (p < end && (*p == '-' || *p == '+'))
        ++p;
    qsizetype count = digits();
    if (p < end && *p == '.') {
        ++p;
        count += digits();
    }
    if (count == 0)
        return text == "Infinity" || text == "-Infinity";
    if (p < end && (*p == 'e' || *p == 'E')) {
        ++p;
        if (p < end && (*p == '-' || *p == '+'))
            ++p;
        if (digits() == 0)
            return false;
    }
    while (p < end && space(*p))
        ++p;
    return p == end;
}

} // namespace turnstone
