// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/database/value.h"

#include <cstring>
#include <string>
#include <string_view>

namespace turnstone {

/// A key of any columns as bytes, for copies whose rows are not known by a number: type, length, bytes of each value.
inline std::string encodedKey(const RowKey &key)
{
    std::string text;
    for (const Value &value : key) {
        QByteArray bytes = value.bytes();
        const std::int64_t integer = value.integer();
        const double real = value.real();
        if (value.type() == ValueType::Integer)
            bytes = QByteArray(reinterpret_cast<const char *>(&integer), sizeof integer);
        else if (value.type() == ValueType::Real)
            bytes = QByteArray(reinterpret_cast<const char *>(&real), sizeof real);
        const auto size = static_cast<std::uint32_t>(bytes.size());
        text += static_cast<char>(value.type());
        text.append(reinterpret_cast<const char *>(&size), sizeof size);
        text.append(bytes.constData(), static_cast<std::size_t>(bytes.size()));
    }
    return text;
}

inline RowKey decodedKey(std::string_view text)
{
    RowKey key;
    while (text.size() >= 5) {
        const auto type = static_cast<ValueType>(text.front());
        std::uint32_t size = 0;
        std::memcpy(&size, text.data() + 1, sizeof size);
        if (text.size() < 5 + std::size_t(size))
            return {};
        const QByteArray bytes(text.data() + 5, static_cast<qsizetype>(size));
        std::int64_t integer = 0;
        double real = 0;
        switch (type) {
        case ValueType::Null: key.push_back(Value::null()); break;
        case ValueType::Integer:
            std::memcpy(&integer, bytes.constData(), std::min<std::size_t>(size, sizeof integer));
            key.push_back(Value::integer(integer));
            break;
        case ValueType::Real:
            std::memcpy(&real, bytes.constData(), std::min<std::size_t>(size, sizeof real));
            key.push_back(Value::real(real));
            break;
        case ValueType::Text: key.push_back(Value::text(bytes)); break;
        case ValueType::Blob: key.push_back(Value::blob(bytes)); break;
        }
        text.remove_prefix(5 + std::size_t(size));
    }
    return key;
}

} // namespace turnstone
