// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/query/sqleditor.h"

#include "models/query/sqlcompletion.h"
#include "models/sql/sqllexer.h"
#include "views/widgets/theme.h"

#include <Qsci/qscilexercustom.h>

#include <QEvent>
#include <QKeyEvent>
#include <QSet>

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

enum Style { PlainText = 0, Keyword, Name, Text, Number, Comment, Parameter, Wrong, StyleCount };
constexpr int mistakeIndicator = 8;
constexpr int statementIndicator = 9;
/// Beyond it a text is shown plain: every change would read all of it again.
constexpr qsizetype mostColoured = 400'000;
constexpr int longEnoughToComplete = 2;

} // namespace

/// Colours by our own lexer, which knows each engine's strings, comments and parameters.
class SqlEditor::Colouring final : public QsciLexerCustom
{
public:
    Colouring(SqlDialect dialect, QsciScintilla *editor) : QsciLexerCustom(editor), m_dialect(dialect), m_editor(editor)
    {
        const QStringList &words = sqlKeywords(dialect);
        m_keywords = QSet<QString>(words.begin(), words.end());
    }

    const char *language() const override { return "SQL"; }
    QString description(int style) const override { return style < StyleCount ? QString::number(style) : QString(); }
    const char *wordCharacters() const override { return "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_"; }

    void styleText(int start, int end) override
    {
        const QString text = m_editor->text();
        startStyling(start);
        if (text.size() > mostColoured) {
            setStyling(end - start, PlainText);
            return;
        }
        SqlLexer lexer(text, m_dialect);
        int at = 0;
        while (!lexer.atEnd() && at < end) {
            const SqlToken token = lexer.next();
            const QStringView piece = QStringView(text).sliced(token.start, token.length);
            const int next = at + static_cast<int>(piece.toUtf8().size());
            const int from = std::max(at, start);
            const int to = std::min(next, end);
            if (to > from)
                setStyling(to - from, styleOf(token, piece));
            at = next;
        }
    }

private:
    int styleOf(const SqlToken &token, QStringView piece) const
    {
        switch (token.kind) {
        case SqlTokenKind::Word: return m_keywords.contains(piece.toString().toUpper()) ? Keyword : PlainText;
        case SqlTokenKind::QuotedIdentifier: return Name;
        case SqlTokenKind::String:
        case SqlTokenKind::Blob:
        case SqlTokenKind::CopyData: return token.closed ? Text : Wrong;
        case SqlTokenKind::Number: return Number;
        case SqlTokenKind::Comment:
        case SqlTokenKind::MetaCommand: return Comment;
        case SqlTokenKind::Parameter: return Parameter;
        case SqlTokenKind::Invalid: return Wrong;
        default: return PlainText;
        }
    }

    const SqlDialect m_dialect;
    QsciScintilla *m_editor;
    QSet<QString> m_keywords;
};

SqlEditor::SqlEditor(SqlDialect dialect, std::shared_ptr<const Catalog> catalog, QWidget *parent)
    : QsciScintilla(parent), m_dialect(dialect), m_catalog(std::move(catalog)), m_colouring(std::make_unique<Colouring>(dialect, this))
{
    setObjectName(u"sqlEditor"_s);
    setAccessibleName(tr("SQL"));
    setUtf8(true);
    setEolMode(EolUnix);
    setLexer(m_colouring.get());
    setMarginType(0, NumberMargin);
    setMarginWidth(0, u"0000"_s);
    setMarginWidth(1, 0);
    setFrameShape(QFrame::NoFrame);
    setWrapMode(WrapWord);
    setTabWidth(4);
    setIndentationsUseTabs(false);
    setAutoIndent(true);
    setBraceMatching(SloppyBraceMatch);
    setScrollWidth(1);
    setScrollWidthTracking(true);
    indicatorDefine(SquiggleIndicator, mistakeIndicator);
    indicatorDefine(FullBoxIndicator, statementIndicator);
    setIndicatorDrawUnder(true, statementIndicator);
    SendScintilla(SCI_AUTOCSETSEPARATOR, static_cast<long>('\n'));
    SendScintilla(SCI_AUTOCSETIGNORECASE, 1L);
    SendScintilla(SCI_AUTOCSETORDER, 2L); // as given
    SendScintilla(SCI_AUTOCSETMAXHEIGHT, 12L);
    connect(this, &QsciScintillaBase::SCN_CHARADDED, this, &SqlEditor::completeAfter);
    connect(this, &QsciScintilla::textChanged, this, &SqlEditor::clearMistake);
    applyTheme();
}

SqlEditor::~SqlEditor()
{
    setLexer(nullptr);
}

void SqlEditor::applyTheme()
{
    const Tokens &tokens = Tokens::of(palette());
    const QFont font = fixedFont();
    m_colouring->setDefaultFont(font);
    m_colouring->setDefaultPaper(tokens.ground);
    m_colouring->setDefaultColor(tokens.text);
    const QColor colours[StyleCount] = {tokens.text, tokens.accent, tokens.text, tokens.good, tokens.warn, tokens.muted, tokens.brand, tokens.bad};
    for (int style = 0; style < StyleCount; ++style) {
        m_colouring->setColor(colours[style], style);
        m_colouring->setPaper(tokens.ground, style);
        QFont own = font;
        own.setBold(style == Keyword);
        own.setItalic(style == Comment);
        m_colouring->setFont(own, style);
    }
    setPaper(tokens.ground);
    setColor(tokens.text);
    setCaretForegroundColor(tokens.text);
    setSelectionBackgroundColor(tokens.selection);
    setSelectionForegroundColor(tokens.text);
    setMarginsBackgroundColor(tokens.surface);
    setMarginsForegroundColor(tokens.muted);
    setMarginsFont(fixedFont(metrics::captionPx));
    setMatchedBraceForegroundColor(tokens.accent);
    setMatchedBraceBackgroundColor(tokens.selection);
    setUnmatchedBraceForegroundColor(tokens.bad);
    setUnmatchedBraceBackgroundColor(tokens.ground);
    setIndicatorForegroundColor(tokens.bad, mistakeIndicator);
    QColor faint = tokens.accent;
    faint.setAlpha(18);
    setIndicatorForegroundColor(faint, statementIndicator);
    setIndicatorOutlineColor(faint, statementIndicator);
}

void SqlEditor::changeEvent(QEvent *event)
{
    QsciScintilla::changeEvent(event);
    if (event->type() == QEvent::PaletteChange || event->type() == QEvent::StyleChange)
        applyTheme();
}

void SqlEditor::keyPressEvent(QKeyEvent *event)
{
    const bool isReturn = event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter;
    if (isReturn && event->modifiers() == Qt::ControlModifier)
        return emit runRequested();
    if (isReturn && event->modifiers() == (Qt::ControlModifier | Qt::ShiftModifier))
        return emit runAllRequested();
    if (event->key() == Qt::Key_Space && event->modifiers() == Qt::ControlModifier)
        return complete();
    QsciScintilla::keyPressEvent(event);
}

long SqlEditor::bytesAt(qsizetype offset) const
{
    return static_cast<long>(QStringView(text()).first(std::min<qsizetype>(offset, text().size())).toUtf8().size());
}

void SqlEditor::setScript(const QString &script, qsizetype cursor)
{
    setText(script);
    SendScintilla(SCI_GOTOPOS, static_cast<unsigned long>(bytesAt(cursor)));
}

qsizetype SqlEditor::cursor() const
{
    return QString::fromUtf8(text().toUtf8().left(SendScintilla(SCI_GETCURRENTPOS))).size();
}

std::pair<qsizetype, qsizetype> SqlEditor::marked() const
{
    const QByteArray utf8 = text().toUtf8();
    const qsizetype from = QString::fromUtf8(utf8.left(SendScintilla(SCI_GETSELECTIONSTART))).size();
    const qsizetype to = QString::fromUtf8(utf8.left(SendScintilla(SCI_GETSELECTIONEND))).size();
    return {from, to - from};
}

void SqlEditor::insertText(const QString &piece)
{
    const QByteArray utf8 = piece.toUtf8();
    SendScintilla(SCI_REPLACESEL, utf8.constData());
}

void SqlEditor::showMistake(qsizetype offset)
{
    const QString all = text();
    // To the end of the word, one character at least.
    qsizetype end = offset;
    while (end < all.size() && (all[end].isLetterOrNumber() || all[end] == u'_'))
        ++end;
    end = std::clamp<qsizetype>(std::max(end, offset + 1), 0, all.size());
    offset = std::min(offset, std::max<qsizetype>(0, end - 1));
    SendScintilla(SCI_SETINDICATORCURRENT, static_cast<long>(mistakeIndicator));
    SendScintilla(SCI_INDICATORFILLRANGE, static_cast<unsigned long>(bytesAt(offset)), bytesAt(end) - bytesAt(offset));
    SendScintilla(SCI_GOTOPOS, static_cast<unsigned long>(bytesAt(offset)));
}

void SqlEditor::clearMistake()
{
    SendScintilla(SCI_SETINDICATORCURRENT, static_cast<long>(mistakeIndicator));
    SendScintilla(SCI_INDICATORCLEARRANGE, 0UL, SendScintilla(SCI_GETLENGTH));
}

void SqlEditor::showStatement(qsizetype from, qsizetype length)
{
    SendScintilla(SCI_SETINDICATORCURRENT, static_cast<long>(statementIndicator));
    SendScintilla(SCI_INDICATORCLEARRANGE, 0UL, SendScintilla(SCI_GETLENGTH));
    if (length > 0)
        SendScintilla(SCI_INDICATORFILLRANGE, static_cast<unsigned long>(bytesAt(from)), bytesAt(from + length) - bytesAt(from));
}

void SqlEditor::completeAfter(int character)
{
    if (character == '.') {
        complete();
        return;
    }
    const bool isWord = character < 0x80 && (QChar(character).isLetterOrNumber() || character == '_');
    if (!isWord || text().size() > mostColoured || SendScintilla(SCI_AUTOCACTIVE) != 0)
        return;
    const SqlCompletion completion = completeSql(text(), cursor(), m_dialect, *m_catalog);
    if (cursor() - completion.from >= longEnoughToComplete)
        complete();
}

void SqlEditor::complete()
{
    const SqlCompletion completion = completeSql(text(), cursor(), m_dialect, *m_catalog);
    if (completion.words.isEmpty())
        return;
    const QString all = text();
    const QString typed = all.mid(completion.from, cursor() - completion.from);
    // A word that is written in full already needs no list.
    if (completion.words.size() == 1 && completion.words.front().compare(typed, Qt::CaseInsensitive) == 0)
        return;
    const QByteArray list = completion.words.join(u'\n').toUtf8();
    SendScintilla(SCI_AUTOCSHOW, static_cast<unsigned long>(typed.toUtf8().size()), list.constData());
}

} // namespace turnstone
