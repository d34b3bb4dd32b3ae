// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/database/value.h"

#include "models/core/jsonwriter.h"

#include <cmath>
#include <cstring>

namespace turnstone {

Value::Value(const ValueRef &ref) : m_type(ref.type())
{
    switch (ref.type()) {
    case ValueType::Null: break;
    case ValueType::Integer: m_integer = ref.integer(); break;
    case ValueType::Real: m_real = ref.real(); break;
    case ValueType::Text:
    case ValueType::Blob: m_bytes = ref.bytes().toByteArray(); break;
    }
}

Value Value::integer(std::int64_t value)
{
    return Value(ValueRef::integer(value));
}

Value Value::real(double value)
{
    return Value(ValueRef::real(value));
}

Value Value::text(QByteArray utf8)
{
    Value value;
    value.m_type = ValueType::Text;
    value.m_bytes = std::move(utf8);
    return value;
}

Value Value::blob(QByteArray bytes)
{
    Value value;
    value.m_type = ValueType::Blob;
    value.m_bytes = std::move(bytes);
    return value;
}

ValueRef Value::ref() const
{
    switch (m_type) {
    case ValueType::Null: break;
    case ValueType::Integer: return ValueRef::integer(m_integer);
    case ValueType::Real: return ValueRef::real(m_real);
    case ValueType::Text:
    case ValueType::Blob: return ValueRef::bytes(m_type, m_bytes.constData(), m_bytes.size());
    }
    return {};
}

QString Value::toDisplayText() const
{
    switch (m_type) {
    case ValueType::Null: break;
    case ValueType::Integer: return QString::number(m_integer);
    case ValueType::Real: return QString::fromLatin1(JsonWriter::realToken(m_real));
    case ValueType::Text: return QString::fromUtf8(m_bytes);
    case ValueType::Blob: return QStringLiteral("x'%1'").arg(QString::fromLatin1(m_bytes.toHex()));
    }
    return QStringLiteral("NULL");
}

bool operator==(const Value &a, const Value &b)
{
    if (a.m_type != b.m_type)
        return false;
    switch (a.m_type) {
    case ValueType::Null: return true;
    case ValueType::Integer: return a.m_integer == b.m_integer;
    case ValueType::Real: return std::memcmp(&a.m_real, &b.m_real, sizeof(double)) == 0;
    case ValueType::Text:
    case ValueType::Blob: return a.m_bytes == b.m_bytes;
    }
    return false;
}

} // namespace turnstone
