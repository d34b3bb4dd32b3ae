// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/editing/valuedialog.h"

#include "models/browsing/columnmeaning.h"
#include "models/core/async.h"
#include "models/edit/valuetext.h"
#include "models/items/celltext.h"
#include "models/json/jsonlayout.h"
#include "views/editing/jsonhighlighter.h"
#include "views/widgets/theme.h"

#include <QFile>
#include <QFileDialog>
#include <QHBoxLayout>
#include <QLabel>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QSaveFile>
#include <QStringDecoder>
#include <QTimer>
#include <QVBoxLayout>

#include <algorithm>

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

constexpr qint64 biggestFile = 64 * 1024 * 1024;
constexpr int longText = 200'000; // characters; checked when typing rests
constexpr int typingMs = 300;

Result<QByteArray> bytesOf(const QString &path)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return failure(ErrorCode::Io, ValueDialog::tr("%1 cannot be read: %2.").arg(path, file.errorString()));
    if (file.size() > biggestFile)
        return failure(ErrorCode::InvalidInput, ValueDialog::tr("%1 is bigger than %2.").arg(path, sizeText(biggestFile)));
    return file.readAll();
}

Result<qint64> writeBytes(const QString &path, const QByteArray &bytes)
{
    QSaveFile file(path);
    if (!file.open(QIODevice::WriteOnly) || file.write(bytes) != bytes.size() || !file.commit())
        return failure(ErrorCode::Io, ValueDialog::tr("%1 cannot be written: %2.").arg(path, file.errorString()));
    return bytes.size();
}

} // namespace

ValueDialog::ValueDialog(const EditTarget &target, const Value &now, QWidget *parent)
    : QDialog(parent), m_target(target), m_now(now), m_check(checkOf(target)), m_text(new QPlainTextEdit(this)), m_state(new QLabel(this)), m_stage(new QPushButton(tr("Stage"), this)),
      m_goToMistake(new QPushButton(tr("Go to the mistake"), this)), m_wait(new QTimer(this))
{
    setObjectName(u"valueDialog"_s);
    setWindowTitle(tr("Edit %1 of %2").arg(target.column, target.image.address.text()));
    resize(scaled(720), scaled(520));
    if (const ColumnProfile *meant = meaningOf(*target.table, target.column, *target.context.profile))
        m_meaning = meant->meaning;
    const ColumnKind kind = columnKind(*target.table, target.column, m_meaning);
    m_isBytes = kind == ColumnKind::Bytes || now.type() == ValueType::Blob || (now.type() == ValueType::Text && QString::fromUtf8(now.bytes()).toUtf8() != now.bytes());
    m_text->setObjectName(u"valueText"_s);
    m_text->setAccessibleName(tr("Value of %1").arg(target.column));
    const bool isCode = kind == ColumnKind::Json || m_isBytes || m_meaning.startsWith(u"code:"_s) || m_meaning == u"vector";
    m_text->setFont(isCode ? fixedFont() : sizedFont(font(), metrics::readingPx));
    m_base = m_isBytes && now.type() == ValueType::Text ? u"x'"_s + QString::fromLatin1(now.bytes().toHex()) + u'\'' : editableText(now);
    m_text->setPlainText(m_base);
    m_text->setPlaceholderText(now.isNull() ? u"NULL"_s : tr("empty"));
    m_state->setObjectName(u"valueState"_s);
    m_state->setWordWrap(true);
    m_state->setFont(sizedFont(font(), metrics::captionPx));
    m_stage->setObjectName(u"stageValue"_s);
    m_stage->setDefault(true);
    const auto button = [this](const QString &name, const QString &text, auto run) {
        auto *added = new QPushButton(text, this);
        added->setObjectName(name);
        added->setAutoDefault(false);
        connect(added, &QPushButton::clicked, this, run);
        return added;
    };
    const bool isJson = kind == ColumnKind::Json && !m_isBytes;
    if (isJson && m_text->document()->characterCount() < JsonHighlighter::mostCharacters)
        new JsonHighlighter(m_text->document());
    auto *foot = new QHBoxLayout;
    if (isJson)
        foot->addWidget(button(u"indentJson"_s, tr("Indent"), [this] { indent(); }));
    foot->addWidget(button(u"fromFile"_s, tr("From a file…"), [this] { takeFile(); }));
    foot->addWidget(button(u"toFile"_s, tr("To a file…"), [this] { giveFile(); }));
    foot->addWidget(button(u"makeNull"_s, tr("NULL"), [this] {
        emit valueChosen(Value::null());
        accept();
    }));
    foot->addStretch(1);
    foot->addWidget(button(u"cancelValue"_s, tr("Cancel"), [this] { reject(); }));
    foot->addWidget(m_stage);
    auto *layout = new QVBoxLayout(this);
    layout->addWidget(m_text, 1);
    auto *states = new QHBoxLayout;
    states->addWidget(m_state, 1);
    states->addWidget(m_goToMistake);
    layout->addLayout(states);
    layout->addLayout(foot);
    m_goToMistake->setObjectName(u"goToMistake"_s);
    m_goToMistake->setAutoDefault(false);
    m_goToMistake->hide();
    connect(m_goToMistake, &QPushButton::clicked, this, [this] {
        QTextCursor cursor = m_text->textCursor();
        cursor.setPosition(std::clamp(m_mistake, 0, m_text->document()->characterCount() - 1));
        m_text->setTextCursor(cursor);
        m_text->centerCursor();
        m_text->setFocus();
    });
    m_wait->setSingleShot(true);
    m_wait->setInterval(typingMs);
    connect(m_wait, &QTimer::timeout, this, &ValueDialog::check);
    connect(m_text, &QPlainTextEdit::textChanged, this, [this] {
        if (m_text->document()->characterCount() < longText)
            return check();
        m_stage->setEnabled(false);
        m_wait->start();
    });
    connect(m_stage, &QPushButton::clicked, this, [this] {
        if (const Result<Value> chosen = value()) {
            emit valueChosen(*chosen);
            accept();
        }
    });
    check();
    m_stage->setEnabled(false); // nothing is changed yet
    if (now.isNull()) { // an empty text would be wrong in many columns, but nobody has written one
        markMistake(-1);
        m_state->setPalette(palette());
        m_state->setText(tr("NULL is stored."));
    }
    m_text->setFocus();
}

Result<Value> ValueDialog::value() const
{
    const QString text = this->text();
    if (m_isBytes && m_now.type() == ValueType::Blob && columnKind(*m_target.table, m_target.column, m_meaning) != ColumnKind::Bytes)
        return valueFromText(text, *m_target.table, m_target.column, m_meaning, m_now);
    return valueFromText(text, *m_target.table, m_target.column, m_meaning, m_now.isNull() ? Value() : m_now);
}

void ValueDialog::check()
{
    const Result<Value> now = value();
    const std::optional<RuleBreach> breach = now ? m_check(*now) : std::optional(RuleBreach{m_target.column, {}, now.error().message, false});
    const bool isWrong = breach && !breach->isWarning;
    m_stage->setEnabled(!isWrong);
    QPalette colors = palette();
    colors.setColor(QPalette::WindowText, isWrong ? Tokens::of(palette()).bad : breach ? Tokens::of(palette()).warn : Tokens::of(palette()).muted);
    m_state->setPalette(colors);
    m_state->setText(breach ? (breach->rule.isEmpty() ? breach->sentence : breach->sentence + u"  "_s + tr("Rule: %1").arg(breach->rule))
                            : tr("%1 characters").arg(QLocale().toString(m_text->document()->characterCount() - 1)));
    markMistake(now ? -1 : now.error().position);
}

void ValueDialog::markMistake(int position)
{
    m_mistake = position < 0 ? -1 : static_cast<int>(QString::fromUtf8(text().toUtf8().left(position)).remove(u'\r').size());
    m_goToMistake->setVisible(m_mistake >= 0);
    QList<QTextEdit::ExtraSelection> marks;
    if (m_mistake >= 0) {
        QTextEdit::ExtraSelection mark;
        mark.cursor = QTextCursor(m_text->document());
        const int last = m_text->document()->characterCount() - 1;
        mark.cursor.setPosition(std::clamp(m_mistake, 0, std::max(last - 1, 0)));
        mark.cursor.movePosition(QTextCursor::NextCharacter, QTextCursor::KeepAnchor);
        mark.format.setUnderlineStyle(QTextCharFormat::WaveUnderline);
        mark.format.setUnderlineColor(Tokens::of(palette()).bad);
        QColor ground = Tokens::of(palette()).bad;
        ground.setAlphaF(0.2F);
        mark.format.setBackground(ground);
        marks.append(mark);
    }
    m_text->setExtraSelections(marks);
}

void ValueDialog::indent()
{
    const QString before = text();
    const auto layOut = [json = before.toUtf8()](Connection &) -> Result<QByteArray> { return laidOutJson(json); };
    onResult(m_target.context.pool->read(layOut), this, [this, before](const Result<QByteArray> &laidOut) {
        if (!laidOut || laidOut->isNull() || text() != before)
            return; // no object or array; or written on meanwhile
        // By a cursor, so that it can be undone.
        QTextCursor cursor(m_text->document());
        cursor.select(QTextCursor::Document);
        cursor.insertText(QString::fromUtf8(*laidOut));
    });
}

QString ValueDialog::text() const
{
    // Not toPlainText(): that makes a space of a no-break space.
    return textWithLineEnds(m_base, m_text->document()->toRawText().replace(QChar::ParagraphSeparator, u'\n'));
}

void ValueDialog::takeFile()
{
    auto *dialog = new QFileDialog(this, tr("Take the value from a file"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::ExistingFile);
    connect(dialog, &QFileDialog::fileSelected, this, [this](const QString &path) {
        // A thread of the pool has time for the disk.
        const auto read = [path](Connection &) { return bytesOf(path); };
        onResult(m_target.context.pool->read(read), this, [this](const Result<QByteArray> &file) { takeBytes(file); });
    });
    dialog->open();
}

void ValueDialog::takeBytes(const Result<QByteArray> &file)
{
    if (!file) {
        m_state->setText(file.error().message);
        return;
    }
    if (!m_isBytes) {
        QStringDecoder decoder(QStringDecoder::Utf8);
        const QString taken = decoder(*file);
        if (decoder.hasError()) {
            m_state->setText(tr("The file is no text in UTF-8; nothing was taken from it."));
            return;
        }
        m_base = taken;
        m_text->setPlainText(taken);
        check();
        return;
    }
    emit valueChosen(m_target.table->engine == Engine::Sqlite ? Value::blob(*file) : Value::text("\\x" + file->toHex()));
    accept();
}

void ValueDialog::giveFile()
{
    auto *dialog = new QFileDialog(this, tr("Write the value into a file"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    connect(dialog, &QFileDialog::fileSelected, this, [this](const QString &path) {
        QByteArray bytes = m_now.type() == ValueType::Text || m_now.type() == ValueType::Blob ? m_now.bytes() : editableText(m_now).toUtf8();
        if (m_target.table->engine == Engine::PostgreSql && m_isBytes && bytes.startsWith("\\x"))
            bytes = QByteArray::fromHex(bytes.mid(2));
        const auto write = [path, bytes](Connection &) { return writeBytes(path, bytes); };
        onResult(m_target.context.pool->read(write), this, [this, path](const Result<qint64> &written) {
            m_state->setText(written ? tr("%1 in %2").arg(sizeText(*written), path) : written.error().message);
        });
    });
    dialog->open();
}

} // namespace turnstone
