// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/demo/demoformat.h"

#include "models/core/jsonwriter.h"
#include "models/demo/demorandom.h"

#include <QList>
#include <QString>

#include <cmath>

namespace turnstone {

namespace {

constexpr char hexDigits[] = "0123456789abcdef";

void appendNumber(QByteArray &out, std::int64_t value)
{
    char buffer[24];
    char *end = buffer + sizeof buffer;
    char *begin = end;
    auto rest = value < 0 ? 0 - static_cast<std::uint64_t>(value) : static_cast<std::uint64_t>(value);
    do {
        *--begin = static_cast<char>('0' + rest % 10);
        rest /= 10;
    } while (rest != 0);
    if (value < 0)
        *--begin = '-';
    out.append(begin, end - begin);
}

void appendPadded(QByteArray &out, std::int64_t value, int digits)
{
    char buffer[8];
    for (int i = digits - 1; i >= 0; --i) {
        buffer[i] = static_cast<char>('0' + value % 10);
        value /= 10;
    }
    out.append(buffer, digits);
}

/// Six decimals at most, by whole numbers, so that every machine prints the same digits.
void appendFloat(QByteArray &out, float value)
{
    auto millionths = static_cast<std::int64_t>(std::lround(static_cast<double>(value) * 1e6));
    if (millionths < 0) {
        out.append('-');
        millionths = -millionths;
    }
    appendNumber(out, millionths / 1'000'000);
    const std::int64_t fraction = millionths % 1'000'000;
    if (fraction != 0) {
        out.append('.');
        appendPadded(out, fraction, 6);
        while (out.endsWith('0'))
            out.chop(1);
    }
}

void appendVector(QByteArray &out, std::span<const float> numbers, char open, char close, const char *separator)
{
    out.append(open);
    for (std::size_t i = 0; i < numbers.size(); ++i) {
        if (i > 0)
            out.append(separator);
        appendFloat(out, numbers[i]);
    }
    out.append(close);
}

void appendHex(QByteArray &out, std::uint64_t bits, int digits)
{
    for (int i = digits - 1; i >= 0; --i)
        out.append(hexDigits[(bits >> (4 * i)) & 15]);
}

struct Date
{
    int year;
    int month;
    int day;
};

/// Proleptic Gregorian date of a day number since 1970 (years from March on, as in Julian day algorithms).
Date dateOf(std::int64_t days)
{
    const std::int64_t shifted = days + 719'468;
    const std::int64_t era = shifted / 146'097;
    const std::int64_t dayOfEra = shifted - era * 146'097;
    const std::int64_t yearOfEra = (dayOfEra - dayOfEra / 1'460 + dayOfEra / 36'524 - dayOfEra / 146'096) / 365;
    const std::int64_t dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100);
    const std::int64_t month = (5 * dayOfYear + 2) / 153;
    return {static_cast<int>(yearOfEra + era * 400 + (month >= 10 ? 1 : 0)),
            static_cast<int>(month < 10 ? month + 3 : month - 9),
            static_cast<int>(dayOfYear - (153 * month + 2) / 5 + 1)};
}

} // namespace

std::optional<DemoFormat> DemoFormat::parse(const QByteArray &name, std::uint64_t seed)
{
    static const std::pair<const char *, Kind> plain[] = {
        {"micro", Kind::Micro}, {"second", Kind::Second},     {"zone", Kind::Zone},   {"iso", Kind::Iso},
        {"epoch", Kind::Epoch}, {"isomicro", Kind::IsoMicro}, {"array", Kind::Array}, {"upper", Kind::Upper},
        {"raw", Kind::Raw},     {"quoted", Kind::Quoted},     {"natural", Kind::Natural}};
    DemoFormat format;
    for (const auto &[word, kind] : plain) {
        if (name == word) {
            format.m_kind = kind;
            return format;
        }
    }
    const QList<QByteArray> parts = name.split(':');
    if (parts.size() < 2 || (parts[0] != "uuid" && parts[0] != "hex"))
        return std::nullopt;
    format.m_kind = parts[0] == "uuid" ? Kind::Uuid : Kind::Hex;
    format.m_space = DemoRandom::mixed(seed) ^ DemoRandom::hashOf(parts[1]);
    format.m_prefix = parts.value(2);
    return format;
}

bool DemoFormat::keeps(const DemoCell &cell) const
{
    if (m_kind != Kind::Natural)
        return false;
    switch (cell.kind()) {
    case DemoCell::Kind::Null:
    case DemoCell::Kind::Integer:
    case DemoCell::Kind::Real:
    case DemoCell::Kind::Flag:
    case DemoCell::Kind::Text: return true;
    case DemoCell::Kind::Time:
    case DemoCell::Kind::Vector:
    case DemoCell::Kind::List: break;
    }
    return false;
}

void DemoFormat::append(QByteArray &out, const DemoCell &cell) const
{
    switch (cell.kind()) {
    case DemoCell::Kind::Null:
    case DemoCell::Kind::List: break;
    case DemoCell::Kind::Integer:
    case DemoCell::Kind::Flag:
        if (m_kind == Kind::Uuid || m_kind == Kind::Hex)
            appendKey(out, cell.integer());
        else
            appendNumber(out, cell.integer());
        break;
    case DemoCell::Kind::Real: out.append(JsonWriter::realToken(cell.real())); break;
    case DemoCell::Kind::Time: appendTime(out, cell.integer()); break;
    case DemoCell::Kind::Text:
        if (m_kind == Kind::Upper)
            out.append(cell.text().toByteArray().toUpper());
        else
            out.append(cell.text());
        break;
    case DemoCell::Kind::Vector:
        if (m_kind == Kind::Array)
            appendVector(out, cell.vector(), '{', '}', ",");
        else
            appendVector(out, cell.vector(), '[', ']', ",");
        break;
    }
}

void DemoFormat::appendJson(QByteArray &out, const DemoCell &cell, JsonStyle style) const
{
    switch (cell.kind()) {
    case DemoCell::Kind::Null:
    case DemoCell::Kind::List: out.append("null"); return;
    case DemoCell::Kind::Flag: out.append(cell.integer() != 0 ? "true" : "false"); return;
    case DemoCell::Kind::Integer:
        if (m_kind == Kind::Natural || m_kind == Kind::Raw) {
            appendNumber(out, cell.integer());
            return;
        }
        break;
    case DemoCell::Kind::Real: {
        const QByteArray token = JsonWriter::realToken(cell.real());
        const bool whole = token.endsWith(".0");
        if (style == JsonStyle::JavaScript && whole)
            out.append(token.chopped(2));
        else
            out.append(token).append(style == JsonStyle::Python && !token.contains('.') && !token.contains('e') ? ".0" : "");
        return;
    }
    case DemoCell::Kind::Vector: appendVector(out, cell.vector(), '[', ']', style == JsonStyle::Python ? ", " : ","); return;
    case DemoCell::Kind::Time:
        if (m_kind == Kind::Epoch) {
            append(out, cell);
            return;
        }
        break;
    case DemoCell::Kind::Text:
        if (m_kind == Kind::Raw) {
            appendEscaped(out, cell.text(), style);
            return;
        }
        if (m_kind == Kind::Natural) {
            out.append('"');
            appendEscaped(out, cell.text(), style);
            out.append('"');
            return;
        }
        break;
    }
    QByteArray text;
    append(text, cell);
    if (m_kind != Kind::Raw)
        out.append('"');
    appendEscaped(out, text, style);
    if (m_kind != Kind::Raw)
        out.append('"');
}

void DemoFormat::appendEscaped(QByteArray &out, QByteArrayView utf8, JsonStyle style)
{
    const auto escape = [&](unsigned unit) {
        out.append("\\u");
        appendHex(out, unit, 4);
    };
    qsizetype plain = 0;
    for (qsizetype i = 0; i < utf8.size(); ++i) {
        const auto byte = static_cast<unsigned char>(utf8[i]);
        if (byte >= 0x20 && byte < 0x80 && byte != '"' && byte != '\\')
            continue;
        if (byte >= 0x80 && style == JsonStyle::JavaScript)
            continue;
        out.append(utf8.data() + plain, i - plain);
        if (byte >= 0x80) {
            const int length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
            const QString character = QString::fromUtf8(utf8.sliced(i, std::min<qsizetype>(length, utf8.size() - i)));
            for (const QChar unit : character)
                escape(unit.unicode());
            i += length - 1;
        } else if (byte == '"' || byte == '\\') {
            out.append('\\').append(static_cast<char>(byte));
        } else if (byte == '\n') {
            out.append("\\n");
        } else if (byte == '\t') {
            out.append("\\t");
        } else if (byte == '\r') {
            out.append("\\r");
        } else {
            escape(byte);
        }
        plain = i + 1;
    }
    if (plain < utf8.size())
        out.append(utf8.data() + plain, utf8.size() - plain);
}

void DemoFormat::appendTime(QByteArray &out, std::int64_t microseconds) const
{
    const std::int64_t seconds = microseconds / 1'000'000;
    if (m_kind == Kind::Epoch) {
        appendNumber(out, seconds);
        return;
    }
    const bool iso = m_kind == Kind::Iso || m_kind == Kind::IsoMicro;
    const Date date = dateOf(seconds / 86'400);
    const std::int64_t second = seconds % 86'400;
    appendPadded(out, date.year, 4);
    out.append('-');
    appendPadded(out, date.month, 2);
    out.append('-');
    appendPadded(out, date.day, 2);
    out.append(iso ? 'T' : ' ');
    appendPadded(out, second / 3'600, 2);
    out.append(':');
    appendPadded(out, second / 60 % 60, 2);
    out.append(':');
    appendPadded(out, second % 60, 2);
    if (m_kind == Kind::Second)
        return;
    out.append('.');
    if (m_kind == Kind::Iso) {
        appendPadded(out, microseconds % 1'000'000 / 1'000, 3);
        out.append('Z');
        return;
    }
    appendPadded(out, microseconds % 1'000'000, 6);
    if (m_kind == Kind::Zone)
        out.append("+00");
}

void DemoFormat::appendKey(QByteArray &out, std::int64_t number) const
{
    const std::uint64_t first = DemoRandom::mixed(m_space + static_cast<std::uint64_t>(number) * 0x9e3779b97f4a7c15ULL);
    out.append(m_prefix);
    if (m_kind == Kind::Hex) {
        appendHex(out, first, 12);
        return;
    }
    const std::uint64_t second = DemoRandom::mixed(first ^ 0x5851f42d4c957f2dULL);
    appendHex(out, first >> 32, 8);
    out.append('-');
    appendHex(out, first >> 16, 4);
    out.append("-4");
    appendHex(out, first, 3);
    out.append('-');
    appendHex(out, 0x8 | (second >> 62), 1);
    appendHex(out, second >> 48, 3);
    out.append('-');
    appendHex(out, second, 12);
}

} // namespace turnstone
