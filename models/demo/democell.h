// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArrayView>

#include <cstdint>
#include <span>
#include <vector>

namespace turnstone {

class DemoList;

/// One field of a record, as a simulator knows it: what it means, not how an application spells it.
/// Refers to its bytes, numbers or list; they must live until the record has been taken.
class DemoCell
{
public:
    enum class Kind : std::uint8_t { Null, Integer, Real, Flag, Time, Text, Vector, List };

    constexpr DemoCell() = default;
    static DemoCell integer(std::int64_t value) { return DemoCell(Kind::Integer, value); }
    static DemoCell flag(bool value) { return DemoCell(Kind::Flag, value ? 1 : 0); }
    /// Microseconds since 1970 in UTC.
    static DemoCell time(std::int64_t microseconds) { return DemoCell(Kind::Time, microseconds); }
    static DemoCell real(double value)
    {
        DemoCell cell;
        cell.m_kind = Kind::Real;
        cell.m_real = value;
        return cell;
    }
    static DemoCell text(QByteArrayView utf8)
    {
        DemoCell cell(Kind::Text, 0);
        cell.m_data = utf8.data();
        cell.m_size = utf8.size();
        return cell;
    }
    static DemoCell vector(std::span<const float> numbers)
    {
        DemoCell cell(Kind::Vector, 0);
        cell.m_data = numbers.data();
        cell.m_size = static_cast<qsizetype>(numbers.size());
        return cell;
    }
    static DemoCell list(const DemoList &list)
    {
        DemoCell cell(Kind::List, 0);
        cell.m_data = &list;
        return cell;
    }

    Kind kind() const { return m_kind; }
    bool isNull() const { return m_kind == Kind::Null; }
    /// Integer, Flag and Time.
    std::int64_t integer() const { return m_integer; }
    double real() const { return m_real; }
    QByteArrayView text() const { return QByteArrayView(static_cast<const char *>(m_data), m_size); }
    std::span<const float> vector() const
    {
        return {static_cast<const float *>(m_data), static_cast<std::size_t>(m_size)};
    }
    const DemoList &list() const { return *static_cast<const DemoList *>(m_data); }

private:
    constexpr DemoCell(Kind kind, std::int64_t value) : m_integer(value), m_kind(kind) {}

    union {
        std::int64_t m_integer = 0;
        double m_real;
        const void *m_data;
    };
    qsizetype m_size = 0;
    Kind m_kind = Kind::Null;
};

/// Records inside a field (the messages of a call, the seats of a contest), all of one width.
class DemoList
{
public:
    explicit DemoList(int width) : m_width(width) {}
    void clear() { m_cells.clear(); }
    /// As many cells as the width.
    void add(std::initializer_list<DemoCell> cells) { m_cells.insert(m_cells.end(), cells); }
    int count() const { return static_cast<int>(m_cells.size()) / m_width; }
    const DemoCell *row(int index) const { return m_cells.data() + static_cast<std::ptrdiff_t>(index) * m_width; }

private:
    int m_width;
    std::vector<DemoCell> m_cells;
};

} // namespace turnstone
