// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/profiles/positionedjson.h"

#include "models/core/jsonwriter.h"

#include <QCoreApplication>
#include <QJsonArray>
#include <QJsonObject>
#include <QStringDecoder>

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

constexpr int maximumDepth = 64;

QString tr(const char *text)
{
    return QCoreApplication::translate("Profiles", text);
}

class Parser
{
public:
    Parser(const QByteArray &text, JsonParseProblem &problem) : m_text(text), m_problem(problem) {}

    bool parse(JsonNode &root)
    {
        if (m_text.startsWith("\xEF\xBB\xBF"))
            m_pos = 3;
        skipSpace();
        if (!value(root, 0))
            return false;
        skipSpace();
        return m_pos == m_text.size() || fail(m_pos, tr("Something follows the end of the JSON text."));
    }

private:
    bool fail(qsizetype offset, const QString &reason)
    {
        m_problem = {static_cast<int>(offset), reason};
        return false;
    }
    char peek() const { return m_pos < m_text.size() ? m_text[m_pos] : '\0'; }
    void skipSpace()
    {
        while (m_pos < m_text.size() && (peek() == ' ' || peek() == '\n' || peek() == '\r' || peek() == '\t'))
            ++m_pos;
    }
    bool literal(QByteArrayView word)
    {
        if (!QByteArrayView(m_text).sliced(m_pos).startsWith(word))
            return fail(m_pos, tr("This is no JSON value."));
        m_pos += word.size();
        return true;
    }

    bool value(JsonNode &node, int depth)
    {
        if (depth > maximumDepth)
            return fail(m_pos, tr("The text is nested too deeply."));
        node.offset = static_cast<int>(m_pos);
        if (m_pos >= m_text.size())
            return fail(m_pos, tr("The text ends too early."));
        switch (peek()) {
        case '{': return object(node, depth);
        case '[': return array(node, depth);
        case '"': node.kind = JsonNode::Kind::String; return string(node.text);
        case 't':
        case 'f':
            node.kind = JsonNode::Kind::Boolean;
            node.boolean = peek() == 't';
            return literal(node.boolean ? "true" : "false");
        case 'n': return literal("null");
        default: return number(node);
        }
    }

    bool object(JsonNode &node, int depth)
    {
        node.kind = JsonNode::Kind::Object;
        ++m_pos;
        skipSpace();
        if (peek() == '}') {
            ++m_pos;
            return true;
        }
        for (;;) {
            skipSpace();
            JsonMember member;
            member.keyOffset = static_cast<int>(m_pos);
            if (peek() != '"')
                return fail(m_pos, tr("A key in double quotes is expected here."));
            if (!string(member.key))
                return false;
            if (node.member(member.key))
                return fail(member.keyOffset, tr("The key \"%1\" stands here twice.").arg(member.key));
            skipSpace();
            if (peek() != ':')
                return fail(m_pos, tr("A colon is missing after the key \"%1\".").arg(member.key));
            ++m_pos;
            skipSpace();
            if (!value(member.value, depth + 1))
                return false;
            node.members.push_back(std::move(member));
            skipSpace();
            if (peek() == '}') {
                ++m_pos;
                return true;
            }
            if (peek() != ',')
                return fail(m_pos, tr("A comma or a closing brace is missing here."));
            ++m_pos;
        }
    }

    bool array(JsonNode &node, int depth)
    {
        node.kind = JsonNode::Kind::Array;
        ++m_pos;
        skipSpace();
        if (peek() == ']') {
            ++m_pos;
            return true;
        }
        for (;;) {
            skipSpace();
            if (!value(node.items.emplace_back(), depth + 1))
                return false;
            skipSpace();
            if (peek() == ']') {
                ++m_pos;
                return true;
            }
            if (peek() != ',')
                return fail(m_pos, tr("A comma or a closing bracket is missing here."));
            ++m_pos;
        }
    }

    bool number(JsonNode &node)
    {
        const qsizetype start = m_pos;
        while (m_pos < m_text.size() && (QByteArrayView("+-.eE").contains(peek()) || (peek() >= '0' && peek() <= '9')))
            ++m_pos;
        const QByteArrayView token = QByteArrayView(m_text).sliced(start, m_pos - start);
        if (!JsonWriter::isNumberToken(token))
            return fail(start, tr("This is no JSON value."));
        node.kind = JsonNode::Kind::Number;
        node.text = QString::fromLatin1(token);
        return true;
    }

    bool escape(QByteArray &out)
    {
        const qsizetype start = m_pos++;
        switch (peek()) {
        case '"': out += '"'; break;
        case '\\': out += '\\'; break;
        case '/': out += '/'; break;
        case 'b': out += '\b'; break;
        case 'f': out += '\f'; break;
        case 'n': out += '\n'; break;
        case 'r': out += '\r'; break;
        case 't': out += '\t'; break;
        case 'u': {
            QString units;
            do {
                bool ok = false;
                const char16_t unit = m_text.mid(m_pos + 1, 4).toUShort(&ok, 16);
                if (!ok || m_text.size() < m_pos + 5)
                    return fail(start, tr("Four hexadecimal digits must follow \\u."));
                units += QChar(unit);
                m_pos += 4;
                if (!QChar::isHighSurrogate(unit) || units.size() == 2 || m_text.mid(m_pos + 1, 2) != "\\u")
                    break;
                m_pos += 2;
            } while (units.size() < 2);
            if (!units.isValidUtf16())
                return fail(start, tr("Half of a surrogate pair stands here."));
            out += units.toUtf8();
            break;
        }
        default: return fail(start, tr("This escape is unknown."));
        }
        ++m_pos;
        return true;
    }

    bool string(QString &text)
    {
        const qsizetype start = m_pos++;
        QByteArray out;
        for (;;) {
            if (m_pos >= m_text.size())
                return fail(start, tr("The closing quote of this text is missing."));
            const char c = peek();
            if (c == '"') {
                ++m_pos;
                break;
            }
            if (static_cast<unsigned char>(c) < 0x20)
                return fail(m_pos, tr("Line breaks and control characters must be written as escapes in a text."));
            if (c == '\\') {
                if (!escape(out))
                    return false;
                continue;
            }
            out += c;
            ++m_pos;
        }
        QStringDecoder decoder(QStringDecoder::Utf8);
        text = decoder(out);
        return !decoder.hasError() || fail(start, tr("This text is not UTF-8."));
    }

    const QByteArray &m_text;
    JsonParseProblem &m_problem;
    qsizetype m_pos = 0;
};

} // namespace

const JsonNode *JsonNode::member(const QString &name) const
{
    for (const JsonMember &candidate : members) {
        if (candidate.key == name)
            return &candidate.value;
    }
    return nullptr;
}

JsonNode *JsonNode::member(const QString &name)
{
    return const_cast<JsonNode *>(std::as_const(*this).member(name));
}

QString JsonNode::kindName() const
{
    switch (kind) {
    case Kind::Null: return tr("null");
    case Kind::Boolean: return tr("true or false");
    case Kind::Number: return tr("a number");
    case Kind::String: return tr("a text");
    case Kind::Array: return tr("a list");
    case Kind::Object: return tr("an object");
    }
    return {};
}

QJsonValue JsonNode::toValue() const
{
    switch (kind) {
    case Kind::Null: return QJsonValue::Null;
    case Kind::Boolean: return boolean;
    case Kind::Number: {
        bool ok = false;
        const qint64 integer = text.toLongLong(&ok);
        return ok ? QJsonValue(integer) : QJsonValue(text.toDouble());
    }
    case Kind::String: return text;
    case Kind::Array: {
        QJsonArray array;
        for (const JsonNode &item : items)
            array.append(item.toValue());
        return array;
    }
    case Kind::Object: {
        QJsonObject object;
        for (const JsonMember &entry : members)
            object.insert(entry.key, entry.value.toValue());
        return object;
    }
    }
    return {};
}

TextPosition positionAt(const QByteArray &text, int offset)
{
    const QByteArray before = text.left(offset);
    TextPosition position;
    position.line = static_cast<int>(before.count('\n')) + 1;
    position.column = static_cast<int>(QString::fromUtf8(before.mid(before.lastIndexOf('\n') + 1)).size()) + 1;
    return position;
}

bool parsePositionedJson(const QByteArray &text, JsonNode &root, JsonParseProblem &problem)
{
    return Parser(text, problem).parse(root);
}

} // namespace turnstone
