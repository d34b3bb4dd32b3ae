// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/lenses/chat.h"

#include "models/json/jsonindex.h"

#include <algorithm>
#include <functional>

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

constexpr int deepestWrapping = 4;
constexpr int deepestNesting = 4;
constexpr int pageSize = 256;

/// Lookups in an index.
class Json
{
public:
    explicit Json(const JsonIndex &index) : m_index(index) {}

    void each(const JsonItem &container, const std::function<void(const JsonItem &)> &take) const
    {
        for (qsizetype from = 0; from >= 0 && container.isContainer();) {
            const JsonChildren page = m_index.children(container, from, pageSize);
            for (const JsonItem &item : page.nodes)
                take(item);
            from = page.next;
        }
    }
    std::optional<JsonItem> get(const JsonItem &object, const char *key) const
    {
        std::optional<JsonItem> found;
        if (object.kind == JsonKind::Object) {
            each(object, [&](const JsonItem &item) {
                if (!found && m_index.key(item) == QLatin1String(key))
                    found = item;
            });
        }
        return found;
    }
    /// Null if it is absent or no text.
    QString text(const JsonItem &object, const char *key) const
    {
        const std::optional<JsonItem> item = get(object, key);
        return item && item->kind == JsonKind::String ? string(*item) : QString();
    }
    std::optional<double> number(const JsonItem &object, std::initializer_list<const char *> keys) const
    {
        for (const char *key : keys) {
            const std::optional<JsonItem> item = get(object, key);
            if (item && item->kind == JsonKind::Number)
                return m_index.text(*item).toDouble();
        }
        return std::nullopt;
    }
    QString string(const JsonItem &item) const { return JsonIndex::decoded(m_index.text(item)); }
    /// A string decoded, anything else as it stands.
    QString either(const JsonItem &item) const { return item.kind == JsonKind::String ? string(item) : QString::fromUtf8(m_index.text(item)); }
    QString raw(const JsonItem &item) const { return QString::fromUtf8(m_index.text(item)); }

private:
    const JsonIndex &m_index;
};

class Decoder
{
public:
    explicit Decoder(const JsonIndex &index) : m_json(index) {}

    ChatMessage message(const JsonItem &item) const
    {
        ChatMessage message;
        if (item.kind == JsonKind::String) {
            message.parts.push_back({ChatPart::Kind::Text, m_json.string(item), {}, {}});
            return message;
        }
        message.role = m_json.text(item, "role");
        message.name = m_json.text(item, "name");
        for (const char *key : {"reasoning_content", "reasoning", "thinking"}) {
            if (const QString thinking = m_json.text(item, key); !thinking.isEmpty()) {
                message.parts.push_back({ChatPart::Kind::Thinking, thinking, {}, {}});
                break;
            }
        }
        const bool isTool = message.role == u"tool" || message.role == u"function";
        for (const char *key : {"content", "parts", "text"}) {
            if (const std::optional<JsonItem> content = m_json.get(item, key)) {
                addContent(*content, message, isTool ? m_json.text(item, "tool_call_id") : QString(), isTool);
                break;
            }
        }
        if (const std::optional<JsonItem> calls = m_json.get(item, "tool_calls"))
            m_json.each(*calls, [&](const JsonItem &call) { addCall(call, message); });
        if (const std::optional<JsonItem> call = m_json.get(item, "function_call"); call && call->kind == JsonKind::Object)
            addCall(*call, message);
        if (message.parts.empty() && message.role.isEmpty())
            message.parts.push_back({ChatPart::Kind::Other, m_json.raw(item), {}, {}});
        return message;
    }

    void addContent(const JsonItem &content, ChatMessage &message, const QString &toolId, bool isTool, int depth = 0) const
    {
        if (content.kind == JsonKind::Null)
            return;
        if (depth > deepestNesting) { // nobody answers a tool inside of a tool inside of a tool
            message.parts.push_back({ChatPart::Kind::Other, m_json.raw(content), {}, toolId});
            return;
        }
        if (content.kind == JsonKind::Array) {
            m_json.each(content, [&](const JsonItem &part) { addPart(part, message, toolId, isTool, depth); });
            return;
        }
        if (content.kind == JsonKind::Object) {
            addPart(content, message, toolId, isTool, depth);
            return;
        }
        message.parts.push_back({isTool ? ChatPart::Kind::ToolResult : ChatPart::Kind::Text, m_json.either(content), isTool ? message.name : QString(), toolId});
    }

    void addPart(const JsonItem &part, ChatMessage &message, const QString &toolId, bool isTool, int depth) const
    {
        using Kind = ChatPart::Kind;
        if (part.kind != JsonKind::Object) {
            message.parts.push_back({isTool ? Kind::ToolResult : Kind::Text, m_json.either(part), {}, toolId});
            return;
        }
        const QString type = m_json.text(part, "type");
        if (type == u"tool_use" || m_json.get(part, "functionCall")) {
            const JsonItem call = m_json.get(part, "functionCall").value_or(part);
            const std::optional<JsonItem> input = m_json.get(call, type == u"tool_use" ? "input" : "args");
            message.parts.push_back({Kind::ToolCall, input ? m_json.either(*input) : QString(), m_json.text(call, "name"), m_json.text(call, "id")});
        } else if (type == u"tool_result") {
            const std::optional<JsonItem> content = m_json.get(part, "content");
            ChatMessage inner;
            if (content)
                addContent(*content, inner, m_json.text(part, "tool_use_id"), true, depth + 1);
            message.parts.insert(message.parts.end(), inner.parts.begin(), inner.parts.end());
        } else if (type.startsWith(u"image") || type == u"input_image") {
            message.parts.push_back({Kind::Image, m_json.raw(part).left(imageStart), {}, {}});
        } else if (type == u"thinking" || type == u"reasoning") {
            const QString thinking = m_json.text(part, "thinking");
            message.parts.push_back({Kind::Thinking, thinking.isNull() ? m_json.text(part, "text") : thinking, {}, {}});
        } else if (const QString text = m_json.text(part, "text"); !text.isNull()) {
            message.parts.push_back({isTool ? Kind::ToolResult : Kind::Text, text, {}, toolId});
        } else if (const QString refusal = m_json.text(part, "refusal"); !refusal.isNull()) {
            message.parts.push_back({Kind::Text, refusal, {}, {}});
        } else {
            message.parts.push_back({isTool ? Kind::ToolResult : Kind::Other, m_json.raw(part), {}, toolId});
        }
    }

    void addCall(const JsonItem &call, ChatMessage &message) const
    {
        const JsonItem function = m_json.get(call, "function").value_or(call);
        const std::optional<JsonItem> arguments = m_json.get(function, "arguments");
        message.parts.push_back({ChatPart::Kind::ToolCall, arguments ? m_json.either(*arguments) : QString(), m_json.text(function, "name"), m_json.text(call, "id")});
    }

    /// False if nothing of it is understood.
    bool messages(const JsonItem &root, Chat &chat, int depth = 0) const
    {
        if (depth > deepestNesting)
            return false;
        for (const char *key : {"messages", "contents", "input"}) {
            if (const std::optional<JsonItem> inner = m_json.get(root, key)) {
                if (const std::optional<JsonItem> system = m_json.get(root, "system")) {
                    ChatMessage message;
                    message.role = u"system"_s;
                    addContent(*system, message, {}, false);
                    chat.messages.push_back(std::move(message));
                }
                return messages(*inner, chat, depth + 1);
            }
        }
        if (root.kind == JsonKind::Array) {
            m_json.each(root, [&](const JsonItem &item) { chat.messages.push_back(message(item)); });
            return true;
        }
        if (root.kind == JsonKind::Object && (m_json.get(root, "role") || m_json.get(root, "content"))) {
            chat.messages.push_back(message(root));
            return true;
        }
        return false;
    }

    bool response(const JsonItem &root, Chat &chat) const
    {
        if (const std::optional<JsonItem> usage = m_json.get(root, "usage")) {
            chat.tokensIn = m_json.number(*usage, {"prompt_tokens", "input_tokens"});
            chat.tokensOut = m_json.number(*usage, {"completion_tokens", "output_tokens"});
            chat.tokens = m_json.number(*usage, {"total_tokens"});
        }
        chat.model = m_json.text(root, "model");
        chat.finish = m_json.text(root, "stop_reason");
        const std::size_t before = chat.messages.size();
        const auto answer = [&](const JsonItem &item) {
            ChatMessage each = message(item);
            if (each.role.isEmpty())
                each.role = u"assistant"_s;
            each.isResponse = true;
            chat.messages.push_back(std::move(each));
        };
        if (const std::optional<JsonItem> choices = m_json.get(root, "choices")) {
            m_json.each(*choices, [&](const JsonItem &choice) {
                answer(m_json.get(choice, "message").value_or(choice));
                if (const QString finish = m_json.text(choice, "finish_reason"); !finish.isEmpty())
                    chat.finish = finish;
            });
        } else if (const std::optional<JsonItem> results = m_json.get(root, "results")) {
            m_json.each(*results, answer);
        } else if (const std::optional<JsonItem> candidates = m_json.get(root, "candidates")) {
            m_json.each(*candidates, [&](const JsonItem &candidate) { answer(m_json.get(candidate, "content").value_or(candidate)); });
        } else if (const std::optional<JsonItem> output = m_json.get(root, "output"); output && output->kind == JsonKind::Array) {
            m_json.each(*output, answer);
        } else if (m_json.get(root, "content") || m_json.get(root, "message")) {
            answer(m_json.get(root, "message").value_or(root));
        }
        return chat.messages.size() > before;
    }

private:
    static constexpr qsizetype imageStart = 200;
    const Json m_json;
};

/// Results behind the calls that they answer.
void pairTools(Chat &chat)
{
    for (std::size_t i = 0; i < chat.messages.size(); ++i) {
        ChatMessage &asking = chat.messages[i];
        for (std::size_t p = 0; p < asking.parts.size(); ++p) {
            if (asking.parts[p].kind != ChatPart::Kind::ToolCall || asking.parts[p].id.isEmpty())
                continue;
            const QString id = asking.parts[p].id;
            for (std::size_t later = i + 1; later < chat.messages.size(); ++later) {
                std::vector<ChatPart> &parts = chat.messages[later].parts;
                const auto result = std::ranges::find_if(parts, [&](const ChatPart &part) { return part.kind == ChatPart::Kind::ToolResult && part.id == id; });
                if (result == parts.end())
                    continue;
                ChatPart moved = std::move(*result);
                moved.name = asking.parts[p].name;
                parts.erase(result);
                asking.parts.insert(asking.parts.begin() + static_cast<std::ptrdiff_t>(p) + 1, std::move(moved));
                break;
            }
        }
    }
    std::erase_if(chat.messages, [](const ChatMessage &message) { return message.parts.empty() && !message.isResponse && message.role != u"assistant"; });
}

} // namespace

QByteArray unwrappedJson(QByteArray text)
{
    for (int depth = 0; depth < deepestWrapping && text.trimmed().startsWith('"'); ++depth) {
        const Result<JsonIndex> index = JsonIndex::build(text);
        if (!index || index->root().kind != JsonKind::String)
            break;
        text = JsonIndex::decoded(index->text(index->root())).toUtf8();
    }
    return text;
}

Chat decodeChat(const QByteArray &storedMessages, const QByteArray &storedResponse)
{
    Chat chat;
    const auto decode = [&](const QByteArray &stored, bool isResponse) {
        const QByteArray json = unwrappedJson(stored);
        if (json.trimmed().isEmpty() || json.trimmed() == "null")
            return;
        const Result<JsonIndex> index = JsonIndex::build(json);
        if (index && index->root().isContainer()) {
            const Decoder decoder(*index);
            if (isResponse ? decoder.response(index->root(), chat) : decoder.messages(index->root(), chat))
                return;
            chat.undecoded += QString::fromUtf8(json);
            return;
        }
        // No JSON: the words themselves.
        ChatMessage plain;
        plain.role = isResponse ? u"assistant"_s : u"user"_s;
        plain.isResponse = isResponse;
        plain.parts.push_back({ChatPart::Kind::Text, QString::fromUtf8(json), {}, {}});
        chat.messages.push_back(std::move(plain));
    };
    decode(storedMessages, false);
    decode(storedResponse, true);
    pairTools(chat);
    return chat;
}

} // namespace turnstone
