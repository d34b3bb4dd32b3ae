// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QJsonValue>
#include <QString>

#include <vector>

namespace turnstone {

struct JsonMember;

/// A JSON value that knows where it stands in its file and keeps number tokens as written.
struct JsonNode
{
    enum class Kind { Null, Boolean, Number, String, Array, Object };

    Kind kind = Kind::Null;
    bool boolean = false;
    /// The string, or the token of a number.
    QString text;
    std::vector<JsonNode> items;
    std::vector<JsonMember> members;
    /// Offset of the first byte in the file.
    int offset = 0;

    bool isObject() const { return kind == Kind::Object; }
    bool isArray() const { return kind == Kind::Array; }
    bool isString() const { return kind == Kind::String; }
    /// The member of that name; null if there is none.
    const JsonNode *member(const QString &name) const;
    JsonNode *member(const QString &name);
    /// "an object", "a text" … for messages.
    QString kindName() const;
    /// Integers stay exact to 64 bits.
    QJsonValue toValue() const;
};

struct JsonMember
{
    QString key;
    int keyOffset = 0;
    JsonNode value;
};

/// Line and column from 1; columns count characters.
struct TextPosition
{
    int line = 1;
    int column = 1;
};
TextPosition positionAt(const QByteArray &text, int offset);

/// What is wrong and where.
struct JsonParseProblem
{
    int offset = 0;
    QString reason;
};

/// Parses strict JSON (RFC 8259); a byte order mark is accepted, a key that stands twice in an
/// object is a mistake. Returns false and sets `problem` at the first mistake.
bool parsePositionedJson(const QByteArray &text, JsonNode &root, JsonParseProblem &problem);

} // namespace turnstone
