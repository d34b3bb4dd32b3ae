// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/core/timestamp.h"

#include <algorithm>
#include <chrono>

namespace turnstone {

namespace {

class Scanner
{
public:
    explicit Scanner(QByteArrayView text) : m_text(text) {}

    bool atEnd() const { return m_at == m_text.size(); }
    bool accept(char c)
    {
        const bool is = !atEnd() && m_text[m_at] == c;
        m_at += is ? 1 : 0;
        return is;
    }
    /// Between `fewest` and `most` digits; -1 if there are fewer.
    int digits(int fewest, int most)
    {
        int value = 0;
        int count = 0;
        while (count < most && !atEnd() && m_text[m_at] >= '0' && m_text[m_at] <= '9') {
            value = value * 10 + (m_text[m_at++] - '0');
            ++count;
        }
        return count < fewest ? -1 : value;
    }
    /// After the point; the first six digits, filled up with zeros. -1 if there is none.
    int microseconds()
    {
        int value = 0;
        int count = 0;
        for (; !atEnd() && m_text[m_at] >= '0' && m_text[m_at] <= '9'; ++m_at, ++count) {
            if (count < 6)
                value = value * 10 + (m_text[m_at] - '0');
        }
        for (int i = count; i < 6; ++i)
            value *= 10;
        return count == 0 ? -1 : value;
    }

private:
    QByteArrayView m_text;
    qsizetype m_at = 0;
};

constexpr std::int64_t second = 1'000'000;

/// `Z`, `+hh`, `+hhmm`, `+hh:mm`, `+hh:mm:ss`, or nothing; in microseconds.
std::optional<std::int64_t> offsetOf(Scanner &scanner)
{
    if (scanner.atEnd() || scanner.accept('Z') || scanner.accept('z'))
        return 0;
    const bool isAhead = scanner.accept('+');
    if (!isAhead && !scanner.accept('-'))
        return std::nullopt;
    const int hours = scanner.digits(2, 2);
    int minutes = 0;
    int seconds = 0;
    if (scanner.accept(':') || !scanner.atEnd())
        minutes = scanner.digits(2, 2);
    if (scanner.accept(':'))
        seconds = scanner.digits(2, 2);
    if (hours < 0 || hours > 15 || minutes < 0 || minutes > 59 || seconds < 0 || seconds > 59)
        return std::nullopt;
    const std::int64_t offset = (hours * 3600 + minutes * 60 + seconds) * second;
    return isAhead ? offset : -offset;
}

} // namespace

std::optional<std::int64_t> microsecondsUtc(QByteArrayView text)
{
    Scanner scanner(text);
    const int year = scanner.digits(4, 5);
    if (year < 1 || !scanner.accept('-'))
        return std::nullopt;
    const int month = scanner.digits(2, 2);
    if (month < 1 || !scanner.accept('-'))
        return std::nullopt;
    const int day = scanner.digits(2, 2);
    const std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(static_cast<unsigned>(month)),
                                           std::chrono::day(static_cast<unsigned>(std::max(day, 0)))};
    if (!date.ok())
        return std::nullopt;
    const std::int64_t days = std::chrono::sys_days(date).time_since_epoch().count();
    std::int64_t time = days * 86'400 * second;
    if (scanner.atEnd())
        return time;
    if (!scanner.accept(' ') && !scanner.accept('T') && !scanner.accept('t'))
        return std::nullopt;
    const int hour = scanner.digits(2, 2);
    if (hour < 0 || hour > 24 || !scanner.accept(':'))
        return std::nullopt;
    const int minute = scanner.digits(2, 2);
    if (minute < 0 || minute > 59)
        return std::nullopt;
    time += (hour * 3600 + minute * 60) * second;
    if (scanner.accept(':')) {
        const int seconds = scanner.digits(2, 2);
        if (seconds < 0 || seconds > 60)
            return std::nullopt;
        time += seconds * second;
        if (scanner.accept('.') || scanner.accept(',')) {
            const int fraction = scanner.microseconds();
            if (fraction < 0)
                return std::nullopt;
            time += fraction;
        }
    }
    const std::optional<std::int64_t> offset = offsetOf(scanner);
    if (!offset || !scanner.atEnd())
        return std::nullopt;
    return time - *offset;
}

} // namespace turnstone
