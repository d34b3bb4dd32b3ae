// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QColor>
#include <QFont>
#include <QString>

#include <memory>
#include <vector>

class QTextDocument;
class QThread;

namespace turnstone {

/// A part of a text that is laid out by itself: a few kilobytes, so that a text of any length costs only what is seen of it.
struct TextPiece
{
    enum class Kind { Plain, Markdown, Code };
    Kind kind = Kind::Plain;
    QString text;
    /// Where it stands in the whole text; -1 if the text was laid out anew (JSON).
    qsizetype start = 0;
    qsizetype length = 0;
};

/// Takes a text apart: code fences, JSON, Markdown and plain paragraphs. `format` is "markdown", "json", "text", or empty for
/// what it looks like. Linear; for a worker.
std::vector<TextPiece> textPieces(const QString &text, const QString &format);

/// A place in a text that is marked.
struct TextMark
{
    qsizetype start = 0;
    qsizetype length = 0;
    QColor ground;
    bool isUnderlined = false;
    QString tip;
    bool isStrong = false;
};

/// How pieces are set.
struct TextLook
{
    QFont font;
    QFont fixed;
    QColor text;
    QColor link;
    QColor codeGround;
    bool isMuted = false;
};

/// A piece ready to be laid out; nothing is loaded for it from anywhere: images stand as their words. May be called in a worker;
/// the document belongs to `thread`'s thread afterwards. Marks count in the whole text.
std::unique_ptr<QTextDocument> pieceDocument(const TextPiece &piece, const TextLook &look, const std::vector<TextMark> &marks, QThread *thread);

} // namespace turnstone
