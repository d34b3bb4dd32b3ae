// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/reading/readingtext.h"

#include "models/json/jsonlayout.h"

#include <QRegularExpression>
#include <QTextBlock>
#include <QTextCursor>
#include <QTextDocument>
#include <QTextFragment>

#include <algorithm>

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

// A piece ends at the next empty line after the first figure, and anywhere after the second.
constexpr qsizetype goodPiece = 2'000;
constexpr qsizetype longestPiece = 4'000;

bool startsLikeMarkdown(QStringView line)
{
    const QStringView bare = line.trimmed();
    if (bare.startsWith(u'#') || bare.startsWith(u"> ") || bare.startsWith(u"- ") || bare.startsWith(u"* ") || bare.startsWith(u'|'))
        return true;
    const qsizetype dot = bare.indexOf(u". ");
    return dot > 0 && dot < 4 && std::all_of(bare.begin(), bare.begin() + dot, [](QChar c) { return c.isDigit(); });
}

bool looksLikeMarkdown(QStringView paragraph)
{
    static const QRegularExpression inlineMarks(u"\\*\\*[^*\\s]|`[^`]+`|\\]\\(|^#{1,6} |^\\s*[-*] |^\\s*\\d{1,3}\\. |^> |^\\|"_s, QRegularExpression::MultilineOption);
    return inlineMarks.match(paragraph.toString()).hasMatch();
}

/// One line end is a line end here, as in the chats where these texts come from.
QString withHardBreaks(const QString &text)
{
    QStringList lines = text.split(u'\n');
    for (qsizetype i = 0; i + 1 < lines.size(); ++i) {
        if (!lines[i].isEmpty() && !lines[i + 1].isEmpty() && !startsLikeMarkdown(lines[i]) && !startsLikeMarkdown(lines[i + 1]))
            lines[i] += u"  "_s;
    }
    return lines.join(u'\n');
}

class Cutter
{
public:
    Cutter(const QString &text, const QString &format) : m_text(text), m_format(format) {}

    std::vector<TextPiece> cut()
    {
        qsizetype at = 0;
        while (at < m_text.size()) {
            qsizetype end = m_text.indexOf(u'\n', at);
            end = end < 0 ? m_text.size() : end + 1;
            line(at, end);
            at = end;
        }
        flush(m_text.size());
        return std::move(m_pieces);
    }

private:
    void line(qsizetype at, qsizetype end)
    {
        const QStringView words = QStringView(m_text).mid(at, end - at);
        const QStringView bare = words.trimmed();
        if (bare.startsWith(u"```") && m_format != u"text") {
            if (m_isCode) {
                flush(at);
                m_isCode = false;
            } else {
                flush(at);
                m_isCode = true;
            }
            m_start = end;
            return;
        }
        const bool isGoodEnd = bare.isEmpty() && end - m_start > goodPiece;
        if (isGoodEnd || end - m_start > longestPiece)
            flush(isGoodEnd ? end : std::max(at, m_start));
        while (end - m_start > longestPiece) { // a line without an end
            qsizetype cutAt = m_text.lastIndexOf(u' ', m_start + longestPiece);
            if (cutAt <= m_start + longestPiece / 2)
                cutAt = m_start + longestPiece - (m_text[m_start + longestPiece - 1].isHighSurrogate() ? 1 : 0);
            flush(cutAt);
        }
    }

    void flush(qsizetype end)
    {
        if (end > m_start) {
            const QString text = m_text.mid(m_start, end - m_start);
            TextPiece piece;
            piece.start = m_start;
            piece.length = end - m_start;
            const bool isMarkdown = !m_isCode && m_format != u"text" && (m_format == u"markdown" || looksLikeMarkdown(text));
            piece.kind = m_isCode ? TextPiece::Kind::Code : isMarkdown ? TextPiece::Kind::Markdown : TextPiece::Kind::Plain;
            piece.text = text;
            while (piece.text.endsWith(u'\n'))
                piece.text.chop(1);
            if (!piece.text.trimmed().isEmpty())
                m_pieces.push_back(std::move(piece));
        }
        m_start = std::max(end, m_start);
    }

    const QString &m_text;
    const QString &m_format;
    std::vector<TextPiece> m_pieces;
    qsizetype m_start = 0;
    bool m_isCode = false;
};

std::vector<TextPiece> codePieces(const QString &text, bool isLaidOutAnew)
{
    std::vector<TextPiece> pieces = Cutter(text, u"text"_s).cut();
    for (TextPiece &piece : pieces) {
        piece.kind = TextPiece::Kind::Code;
        if (isLaidOutAnew)
            piece.start = -1;
    }
    return pieces;
}

/// Images become their words: a document would load them from the disk.
void removeImages(QTextDocument &document)
{
    std::vector<std::pair<int, int>> images;
    for (QTextBlock block = document.begin(); block.isValid(); block = block.next()) {
        for (auto it = block.begin(); !it.atEnd(); ++it) {
            if (it.fragment().charFormat().isImageFormat())
                images.emplace_back(it.fragment().position(), it.fragment().length());
        }
    }
    for (auto it = images.rbegin(); it != images.rend(); ++it) {
        QTextCursor cursor(&document);
        cursor.setPosition(it->first);
        cursor.setPosition(it->first + it->second, QTextCursor::KeepAnchor);
        const QString words = cursor.charFormat().property(QTextFormat::ImageAltText).toString();
        cursor.insertText(words.isEmpty() ? u"[image]"_s : u"[image: %1]"_s.arg(words), QTextCharFormat());
    }
}

void applyLook(QTextDocument &document, const TextLook &look)
{
    for (QTextBlock block = document.begin(); block.isValid(); block = block.next()) {
        QTextCursor cursor(block);
        QTextBlockFormat format = block.blockFormat();
        if (format.headingLevel() > 0) { // headings of a message are no headings of the page
            cursor.select(QTextCursor::BlockUnderCursor);
            QTextCharFormat heading;
            heading.setProperty(QTextFormat::FontSizeAdjustment, format.headingLevel() <= 2 ? 1 : 0);
            heading.setFontWeight(QFont::DemiBold);
            cursor.mergeCharFormat(heading);
            cursor.setPosition(block.position());
        }
        format.setLineHeight(140, QTextBlockFormat::ProportionalHeight);
        cursor.setBlockFormat(format);
        for (auto it = block.begin(); !it.atEnd(); ++it) {
            QTextCharFormat character = it.fragment().charFormat();
            if (character.isAnchor())
                character.setForeground(look.link);
            if (character.fontFixedPitch())
                character.setBackground(look.codeGround);
            if (character.isAnchor() || character.fontFixedPitch()) {
                QTextCursor fragment(&document);
                fragment.setPosition(it.fragment().position());
                fragment.setPosition(it.fragment().position() + it.fragment().length(), QTextCursor::KeepAnchor);
                fragment.setCharFormat(character);
            }
        }
    }
}

void mark(QTextDocument &document, const TextPiece &piece, const std::vector<TextMark> &marks)
{
    if (piece.start < 0)
        return;
    // Marks come in order: of the hundred thousand of a long text few are this piece's.
    auto first = std::ranges::lower_bound(marks, piece.start, {}, [](const TextMark &each) { return each.start; });
    while (first != marks.begin() && std::prev(first)->start + std::prev(first)->length > piece.start)
        --first;
    for (; first != marks.end() && first->start < piece.start + piece.length; ++first) {
        const TextMark &each = *first;
        const qsizetype from = std::max<qsizetype>(each.start - piece.start, 0);
        const qsizetype to = std::min(each.start + each.length - piece.start, piece.text.size());
        if (to <= from)
            continue;
        QTextCursor cursor(&document);
        if (piece.kind == TextPiece::Kind::Markdown) {
            // Marks of Markdown are gone from the document: the words are found near where they stood.
            const QString words = piece.text.mid(from, to - from).section(u'\n', 0, 0).trimmed();
            QTextCursor found = document.find(words, std::max(0, static_cast<int>(from) - 200), QTextDocument::FindCaseSensitively);
            cursor = found.isNull() ? document.find(words, 0) : found;
            if (cursor.isNull())
                continue;
        } else {
            cursor.setPosition(static_cast<int>(from));
            cursor.setPosition(static_cast<int>(to), QTextCursor::KeepAnchor);
        }
        QTextCharFormat format;
        if (each.ground.isValid())
            format.setBackground(each.ground);
        if (each.isUnderlined)
            format.setUnderlineStyle(QTextCharFormat::DashUnderline);
        if (each.isStrong)
            format.setFontWeight(QFont::DemiBold);
        if (!each.tip.isEmpty())
            format.setToolTip(each.tip);
        cursor.mergeCharFormat(format);
    }
}

} // namespace

std::vector<TextPiece> textPieces(const QString &text, const QString &format)
{
    const QStringView start = QStringView(text).left(200).trimmed();
    if (format == u"code")
        return codePieces(text, false);
    if (format == u"json" || (format.isEmpty() && (start.startsWith(u'{') || start.startsWith(u"[{") || start.startsWith(u"[\"")))) {
        const QByteArray laidOut = laidOutJson(text.toUtf8());
        if (!laidOut.isNull())
            return codePieces(QString::fromUtf8(laidOut), true);
    }
    return Cutter(text, format).cut();
}

std::unique_ptr<QTextDocument> pieceDocument(const TextPiece &piece, const TextLook &look, const std::vector<TextMark> &marks, QThread *thread)
{
    auto document = std::make_unique<QTextDocument>();
    document->setUndoRedoEnabled(false);
    document->setDocumentMargin(0);
    document->setDefaultFont(piece.kind == TextPiece::Kind::Code ? look.fixed : look.font);
    if (piece.kind == TextPiece::Kind::Markdown) {
        document->setMarkdown(withHardBreaks(piece.text), QTextDocument::MarkdownFeatures(QTextDocument::MarkdownNoHTML) | QTextDocument::MarkdownDialectGitHub);
        removeImages(*document);
        applyLook(*document, look);
    } else {
        document->setPlainText(piece.text);
        if (piece.kind == TextPiece::Kind::Plain)
            applyLook(*document, look);
    }
    mark(*document, piece, marks);
    document->moveToThread(thread);
    return document;
}

} // namespace turnstone
