// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/core/result.h"

#include <QByteArray>
#include <QString>

#include <functional>
#include <stop_token>
#include <vector>

namespace turnstone {

enum class JsonKind { Object, Array, String, Number, Boolean, Null };

/// One value of a document, by its place in the bytes.
struct JsonItem
{
    JsonKind kind = JsonKind::Null;
    qsizetype start = 0;
    qsizetype length = 0;
    /// The key with its quotes; -1 outside of an object.
    qsizetype keyStart = -1;
    qsizetype keyLength = 0;

    bool isContainer() const { return kind == JsonKind::Object || kind == JsonKind::Array; }
};

/// Some children of a container, in the document's order.
struct JsonChildren
{
    std::vector<JsonItem> nodes;
    /// Where the next ones begin; -1 if there are none.
    qsizetype next = -1;
};

/// A checked JSON document that finds its values on demand. Keeps the bytes as they are and never converts a
/// number. Immutable once built; building is linear and for a worker thread.
class JsonIndex final
{
public:
    /// Called now and then with the bytes read so far.
    using Progress = std::function<void(qsizetype)>;

    /// Errors: Cancelled; Syntax, whose position is the byte offset and whose message names line and column.
    [[nodiscard]] static Result<JsonIndex> build(const QByteArray &json, std::stop_token stop = {}, const Progress &progress = {});

    const QByteArray &bytes() const { return m_json; }
    JsonItem root() const { return m_root; }
    /// At most `limit` children from `from` on: 0, or the `next` of the page before. Nothing for a scalar.
    JsonChildren children(const JsonItem &container, qsizetype from, int limit) const;
    /// The value exactly as it stands in the document.
    QByteArray text(const JsonItem &node) const { return m_json.mid(node.start, node.length); }
    /// The decoded key; null outside of an object.
    QString key(const JsonItem &node) const;

    /// The text that a quoted JSON string stands for. Bytes that are no UTF-8 become U+FFFD.
    static QString decoded(QByteArrayView quoted);

private:
    struct Span
    {
        qsizetype start;
        qsizetype end;
    };

    qsizetype valueEnd(qsizetype start) const;
    JsonItem nodeAt(qsizetype start) const;

    QByteArray m_json;
    JsonItem m_root;
    /// The containers that are too long to be walked again, by start.
    std::vector<Span> m_longContainers;
};

} // namespace turnstone
