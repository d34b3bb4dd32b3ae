// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QByteArrayView>
#include <QString>

#include <cstdint>
#include <map>
#include <vector>

namespace turnstone {

/// How the engine stores a value. SQLite uses all five. PostgreSQL delivers everything that is
/// not NULL as Text: the server's own text form of the column's type (ResultColumn::typeName),
/// which keeps every digit, microsecond, zone and array element.
enum class ValueType : std::uint8_t { Null, Integer, Real, Text, Blob };

/// A value inside a RowBlock or a Value; valid as long as its owner is neither changed nor gone.
/// Text is UTF-8 as stored, possibly malformed and with embedded NULs: it is never repaired here.
class ValueRef
{
public:
    constexpr ValueRef() = default;
    static constexpr ValueRef integer(std::int64_t value)
    {
        ValueRef ref;
        ref.m_type = ValueType::Integer;
        ref.m_integer = value;
        return ref;
    }
    static constexpr ValueRef real(double value)
    {
        ValueRef ref;
        ref.m_type = ValueType::Real;
        ref.m_real = value;
        return ref;
    }
    static constexpr ValueRef bytes(ValueType type, const char *data, qsizetype size)
    {
        ValueRef ref;
        ref.m_type = type;
        ref.m_data = data;
        ref.m_size = size;
        return ref;
    }

    constexpr ValueType type() const { return m_type; }
    constexpr bool isNull() const { return m_type == ValueType::Null; }
    /// Only for Integer.
    constexpr std::int64_t integer() const { return m_integer; }
    /// Only for Real.
    constexpr double real() const { return m_real; }
    /// Only for Text and Blob; empty otherwise.
    constexpr QByteArrayView bytes() const { return QByteArrayView(m_data, m_size); }

private:
    union {
        std::int64_t m_integer = 0;
        double m_real;
        const char *m_data;
    };
    qsizetype m_size = 0;
    ValueType m_type = ValueType::Null;
};

inline QByteArrayView textOf(const ValueRef &value)
{
    return value.type() == ValueType::Text || value.type() == ValueType::Blob ? value.bytes() : QByteArrayView();
}

/// A value that owns its bytes (implicitly shared). Equality is the engine's identity: same type
/// and same bytes; 1 and 1.0 differ, and a NaN equals itself.
class Value
{
public:
    Value() = default;
    explicit Value(const ValueRef &ref);

    static Value null() { return Value(); }
    static Value integer(std::int64_t value);
    static Value real(double value);
    static Value text(QByteArray utf8);
    static Value text(QStringView text) { return Value::text(text.toUtf8()); }
    static Value blob(QByteArray bytes);

    ValueRef ref() const;
    ValueType type() const { return m_type; }
    bool isNull() const { return m_type == ValueType::Null; }
    std::int64_t integer() const { return m_integer; }
    double real() const { return m_real; }
    const QByteArray &bytes() const { return m_bytes; }

    /// A form for messages, keys and paths: digits, text, x'hex' for blobs, "NULL". Not for storing.
    QString toDisplayText() const;

    friend bool operator==(const Value &a, const Value &b);
    friend bool operator!=(const Value &a, const Value &b) { return !(a == b); }

private:
    ValueType m_type = ValueType::Null;
    std::int64_t m_integer = 0;
    double m_real = 0;
    QByteArray m_bytes;
};

/// The key of one row, in the order of the key's columns.
using RowKey = std::vector<Value>;

/// What is bound to a statement's placeholders: by position (`?`, `$1`) or by name (`:name`;
/// on SQLite also `@name` and `$name`). Names are given without their prefix.
struct Parameters
{
    std::vector<Value> positional;
    std::map<QString, Value> named;

    Parameters() = default;
    Parameters(std::vector<Value> values) : positional(std::move(values)) {} // NOLINT: meant to convert
    Parameters(std::initializer_list<Value> values) : positional(values) {}
};

} // namespace turnstone
