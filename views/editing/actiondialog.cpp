// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/editing/actiondialog.h"

#include "models/core/async.h"
#include "models/edit/editsession.h"
#include "models/profiles/rowsql.h"
#include "views/widgets/theme.h"

#include <QComboBox>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QJsonObject>
#include <QLabel>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QTextOption>
#include <QTimer>
#include <QVBoxLayout>

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

constexpr int typingMs = 300;

QString textOfField(const QWidget *field)
{
    if (const auto *box = qobject_cast<const QComboBox *>(field))
        return box->currentText();
    return static_cast<const QLineEdit *>(field)->text();
}

} // namespace

ActionDialog::ActionDialog(const DatabaseContext &context, const ProfileAction &action, std::vector<RowKey> keys, QWidget *parent)
    : QDialog(parent), m_context(context), m_action(action), m_sentence(new QLabel(this)), m_sql(new QPlainTextEdit(this)), m_stage(new QPushButton(tr("Add to the edits"), this)), m_run(new QPushButton(tr("Run"), this)), m_wait(new QTimer(this))
{
    setObjectName(u"actionDialog"_s);
    setWindowTitle(action.title);
    resize(scaled(600), scaled(360));
    m_request = {&m_action, std::move(keys), {}, QDateTime::currentDateTimeUtc()};
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(metrics::space4, metrics::space4, metrics::space4, metrics::space4);
    layout->setSpacing(metrics::space3);
    if (!action.about.isEmpty()) {
        auto *about = new QLabel(action.about, this);
        about->setWordWrap(true);
        layout->addWidget(about);
    }
    auto *form = new QFormLayout;
    form->setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);
    form->setSpacing(metrics::space2);
    for (const QJsonValue &entry : actionParameters(m_action)) {
        const QJsonObject parameter = entry.toObject();
        const QString name = parameter.value(u"name"_s).toString();
        const QString usual = parameter.value(u"default"_s).toVariant().toString();
        QWidget *field = nullptr;
        if (parameter.value(u"type"_s).toString() == u"choice") {
            auto *box = new QComboBox(this);
            for (const QJsonValue &value : parameter.value(u"values"_s).toArray())
                box->addItem(value.toVariant().toString());
            box->setCurrentText(usual);
            connect(box, &QComboBox::currentTextChanged, m_wait, qOverload<>(&QTimer::start));
            field = box;
        } else {
            auto *line = new QLineEdit(usual, this);
            connect(line, &QLineEdit::textEdited, m_wait, qOverload<>(&QTimer::start));
            field = line;
        }
        field->setObjectName(u"parameter."_s + name);
        field->setAccessibleName(parameter.value(u"title"_s).toString());
        form->addRow(parameter.value(u"title"_s).toString(), field);
        m_fields.emplace(name, field);
    }
    m_sentence->setObjectName(u"actionSentence"_s);
    m_sentence->setWordWrap(true);
    m_sentence->setText(tr("Finding out what it would do…"));
    m_sql->setObjectName(u"actionSql"_s);
    m_sql->setAccessibleName(tr("Statements"));
    m_sql->setReadOnly(true);
    m_sql->setFont(fixedFont(metrics::bodyPx - 1));
    m_sql->setWordWrapMode(QTextOption::WrapAtWordBoundaryOrAnywhere);
    m_run->setObjectName(u"runAction"_s);
    m_run->setToolTip(tr("Writes it now, in one transaction"));
    m_stage->setObjectName(u"stageAction"_s);
    m_stage->setAutoDefault(false);
    m_stage->setToolTip(tr("Stages each row like an edit of yours, to be reviewed, undone and saved"));
    setReady(false);
    auto *cancel = new QPushButton(tr("Cancel"), this);
    cancel->setObjectName(u"cancelAction"_s);
    // What cannot be taken back takes a word of its own.
    const bool isGrave = m_action.details.value(u"confirm"_s).toBool();
    m_run->setAutoDefault(!isGrave);
    (isGrave ? cancel : m_run)->setDefault(true);
    auto *foot = new QHBoxLayout;
    foot->addWidget(m_stage);
    foot->addStretch(1);
    foot->addWidget(cancel);
    foot->addWidget(m_run);
    layout->addLayout(form);
    layout->addWidget(m_sentence);
    layout->addWidget(m_sql, 1);
    layout->addLayout(foot);
    m_wait->setSingleShot(true);
    m_wait->setInterval(typingMs);
    connect(m_wait, &QTimer::timeout, this, &ActionDialog::rehearse);
    connect(cancel, &QPushButton::clicked, this, &QDialog::reject);
    connect(m_run, &QPushButton::clicked, this, &ActionDialog::run);
    connect(m_stage, &QPushButton::clicked, this, &ActionDialog::stage);
    rehearse();
}

bool ActionDialog::readParameters()
{
    m_request.parameters.clear();
    for (const QJsonValue &entry : actionParameters(m_action)) {
        const QJsonObject parameter = entry.toObject();
        const QString name = parameter.value(u"name"_s).toString();
        const QString text = textOfField(m_fields.at(name));
        if (text.isEmpty()) {
            m_sentence->setText(tr("%1 is missing.").arg(parameter.value(u"title"_s).toString()));
            return false;
        }
        const Result<Value> value = actionParameter(parameter, text, m_context.catalog->engine);
        if (!value) {
            m_sentence->setText(value.error().message);
            return false;
        }
        m_request.parameters[name] = *value;
    }
    return true;
}

void ActionDialog::rehearse()
{
    const quint64 generation = ++m_generation;
    setReady(false);
    m_sql->clear();
    if (!readParameters())
        return;
    // The request points into this dialog, which may be gone before its answer comes.
    auto action = std::make_shared<const ProfileAction>(m_action);
    ActionRequest request = m_request;
    request.action = action.get();
    const auto job = [catalog = m_context.catalog, profile = m_context.profile, request, action](Connection &connection) { return runAction(connection, *catalog, *profile, request, true); };
    onResult(m_context.pool->runOnWriter(job), this, [this, generation](const Result<ActionReport> &report) {
        if (generation != m_generation)
            return;
        if (!report) {
            m_sentence->setText(report.error().message);
            return;
        }
        show(*report);
        setReady(report->statementCount > 0);
    });
}

void ActionDialog::show(const ActionReport &report)
{
    m_sentence->setText(report.statementCount == 0 ? tr("There is nothing to do: no row is meant.") : report.sentence);
    QStringList lines;
    for (const ActionStatement &statement : report.statements)
        lines.append(statement.sql + u";  -- "_s + (statement.rows == 1 ? tr("1 row") : tr("%1 rows").arg(QLocale().toString(statement.rows))));
    if (report.statementCount > static_cast<qint64>(report.statements.size()))
        lines.append(tr("-- and %1 more").arg(report.statementCount - static_cast<qint64>(report.statements.size())));
    m_sql->setPlainText(lines.join(u'\n'));
}

void ActionDialog::run()
{
    ++m_generation;
    setReady(false);
    auto action = std::make_shared<const ProfileAction>(m_action);
    ActionRequest request = m_request;
    request.action = action.get();
    request.nowUtc = QDateTime::currentDateTimeUtc();
    const auto job = [catalog = m_context.catalog, profile = m_context.profile, request, action](Connection &connection) { return runAction(connection, *catalog, *profile, request, false); };
    onResult(m_context.pool->runOnWriter(job), this, [this](const Result<ActionReport> &report) {
        if (!report) {
            m_sentence->setText(report.error().message);
            setReady(true);
            return;
        }
        emit done(*report);
        accept();
    });
}

void ActionDialog::stage()
{
    ++m_generation;
    setReady(false);
    auto action = std::make_shared<const ProfileAction>(m_action);
    ActionRequest request = m_request;
    request.action = action.get();
    request.nowUtc = QDateTime::currentDateTimeUtc();
    // QFuture wants its results to be copyable.
    using Captured = std::shared_ptr<const CapturedAction>;
    const auto job = [catalog = m_context.catalog, profile = m_context.profile, request, action](Connection &connection) -> Result<Captured> {
        Result<CapturedAction> captured = captureAction(connection, *catalog, *profile, request);
        return captured ? Result<Captured>(std::make_shared<const CapturedAction>(std::move(*captured))) : failure(captured);
    };
    onResult(m_context.pool->runOnWriter(job), this, [this](const Result<Captured> &captured) {
        if (!captured) {
            m_sentence->setText(captured.error().message);
            m_run->setEnabled(true);
            return;
        }
        const std::vector<CapturedRow> &rows = (*captured)->rows;
        const EditSession::Intent intent = m_context.edits->stageCaptured(m_action.title, rows);
        if (intent.kind != EditSession::Intent::Kind::Staged) {
            m_sentence->setText(intent.kind == EditSession::Intent::Kind::Refused ? intent.sentence : tr("There is nothing to do: every row already is as it would be."));
            setReady(true);
            return;
        }
        emit staged(static_cast<int>(rows.size()));
        accept();
    });
}

void ActionDialog::setReady(bool isReady)
{
    m_run->setEnabled(isReady);
    m_stage->setEnabled(isReady);
}

} // namespace turnstone
