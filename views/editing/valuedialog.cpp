// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/editing/valuedialog.h"

#include "models/browsing/columnmeaning.h"
#include "models/edit/valuetext.h"
#include "models/items/celltext.h"
#include "views/widgets/theme.h"

#include <QFile>
#include <QFileDialog>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QLabel>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QSaveFile>
#include <QVBoxLayout>

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

constexpr qint64 biggestFile = 64 * 1024 * 1024;

} // namespace

ValueDialog::ValueDialog(const EditTarget &target, const Value &now, QWidget *parent)
    : QDialog(parent), m_target(target), m_now(now), m_check(checkOf(target)), m_text(new QPlainTextEdit(this)), m_state(new QLabel(this)), m_stage(new QPushButton(tr("Stage"), this))
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
    m_text->setPlainText(m_isBytes && now.type() == ValueType::Text ? u"x'"_s + QString::fromLatin1(now.bytes().toHex()) + u'\'' : editableText(now));
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
    auto *foot = new QHBoxLayout;
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
    layout->addWidget(m_state);
    layout->addLayout(foot);
    connect(m_text, &QPlainTextEdit::textChanged, this, &ValueDialog::check);
    connect(m_stage, &QPushButton::clicked, this, [this] {
        if (const Result<Value> chosen = value()) {
            emit valueChosen(*chosen);
            accept();
        }
    });
    check();
    m_stage->setEnabled(false); // nothing is changed yet
    m_text->setFocus();
}

Result<Value> ValueDialog::value() const
{
    const QString text = m_text->toPlainText();
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
}

void ValueDialog::takeFile()
{
    auto *dialog = new QFileDialog(this, tr("Take the value from a file"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::ExistingFile);
    connect(dialog, &QFileDialog::fileSelected, this, [this](const QString &path) {
        QFile file(path);
        if (QFileInfo(path).size() > biggestFile || !file.open(QIODevice::ReadOnly)) {
            m_state->setText(QFileInfo(path).size() > biggestFile ? tr("%1 is bigger than %2.").arg(path, sizeText(biggestFile)) : tr("%1 cannot be read.").arg(path));
            return;
        }
        const QByteArray bytes = file.readAll();
        if (m_isBytes) {
            emit valueChosen(m_target.table->engine == Engine::Sqlite ? Value::blob(bytes) : Value::text("\\x" + bytes.toHex()));
            accept();
            return;
        }
        m_text->setPlainText(QString::fromUtf8(bytes));
    });
    dialog->open();
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
        QSaveFile file(path);
        if (!file.open(QIODevice::WriteOnly) || file.write(bytes) != bytes.size() || !file.commit())
            m_state->setText(tr("%1 cannot be written.").arg(path));
    });
    dialog->open();
}

} // namespace turnstone
