// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QString>

#include <optional>
#include <vector>

namespace turnstone {

/// A piece of a chat message.
struct ChatPart
{
    enum class Kind { Text, Thinking, ToolCall, ToolResult, Image, Other };
    Kind kind = Kind::Text;
    /// The text; of a tool call its arguments, of anything unknown its JSON, byte for byte.
    QString text;
    QString name; ///< of the tool
    QString id;   ///< of the call
};

struct ChatMessage
{
    QString role;
    QString name;
    std::vector<ChatPart> parts;
    bool isResponse = false;
};

struct Chat
{
    std::vector<ChatMessage> messages;
    std::optional<double> tokensIn, tokensOut, tokens;
    QString finish; ///< why the answer ended
    QString model;
    /// What could not be understood: shown as it is stored.
    QString undecoded;
};

/// Messages that were sent and the response to them, in any of the shapes that are in use: OpenAI's and Anthropic's messages, with
/// parts, tool calls and tool results, Gemini's contents, Kobold's results, plain text; also JSON inside of a JSON string, however
/// often. Results of tools follow the calls that they answer. Numbers keep their digits. Pure; for a worker.
Chat decodeChat(const QByteArray &messages, const QByteArray &response);
/// The JSON inside of a JSON string, however often it was encoded; the text itself if it is none.
QByteArray unwrappedJson(QByteArray text);

} // namespace turnstone
