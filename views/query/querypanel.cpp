// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/query/querypanel.h"

#include "models/sql/sqlparameters.h"
#include "models/sql/statementkind.h"
#include "views/panels/writeguard.h"
#include "views/query/resultview.h"
#include "views/query/sqleditor.h"
#include "views/widgets/flowlayout.h"
#include "views/widgets/messagebar.h"
#include "views/widgets/theme.h"

#include <QAction>
#include <QHBoxLayout>
#include <QLabel>
#include <QMenu>
#include <QLineEdit>
#include <QLocale>
#include <QMessageBox>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QRegularExpression>
#include <QSettings>
#include <QSplitter>
#include <QTabWidget>
#include <QToolButton>
#include <QTreeWidget>
#include <QVBoxLayout>

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

constexpr int keepAfterMs = 80;   // of rest while typing
constexpr int tickMs = 100;
constexpr int usualTransactionSeconds = 300;

QString secondsText(qint64 ms)
{
    return ms < 10'000 ? QueryPanel::tr("%1 s").arg(static_cast<double>(ms) / 1000, 0, 'f', 1) : QueryPanel::tr("%1 s").arg(ms / 1000);
}

QString ageText(int seconds)
{
    return seconds < 60 ? QueryPanel::tr("%1 s").arg(seconds) : QueryPanel::tr("%1 min %2 s").arg(seconds / 60).arg(seconds % 60);
}

} // namespace

QueryPanel::QueryPanel(const PanelServices &services, DatabaseContext context, const QVariantMap &arguments, QWidget *parent)
    : Panel(std::move(context), parent), m_services(services), m_dialect(dialectOf(Panel::context().catalog->engine)), m_drafts(services.dataFolder + u"/queries"_s, services.workers),
      m_runner(new ScriptRunner(Panel::context().pool->url(), services.cacheFolder + u"/results"_s, this)),
      m_message(new MessageBar(this)), m_editor(new SqlEditor(m_dialect, Panel::context().catalog, this)), m_results(new QTabWidget(this)),
      m_log(new QPlainTextEdit(this)), m_plan(new QTreeWidget(this)), m_parameterBar(new QWidget(this)), m_parameterLayout(new FlowLayout(m_parameterBar)),
      m_run(new QToolButton(this)), m_runAll(new QToolButton(this)), m_stop(new QToolButton(this)), m_explain(new QToolButton(this)), m_write(new QToolButton(this)), m_queries(new QToolButton(this)),
      m_commit(new QToolButton(this)), m_rollback(new QToolButton(this)), m_state(new QLabel(this)), m_transaction(new QLabel(this))
{
    setObjectName(u"queryPanel"_s);
    build();
    connectRunner();
    setTransactionLimit(services.settings.value(transactionLimitKey, usualTransactionSeconds).toInt());
    m_typing.setSingleShot(true);
    m_typing.setInterval(keepAfterMs);
    connect(&m_typing, &QTimer::timeout, this, [this] {
        keep();
        showParameters();
    });
    m_ticking.setInterval(tickMs);
    connect(&m_ticking, &QTimer::timeout, this, &QueryPanel::showState);
    const QString sql = arguments.value(u"sql"_s).toString();
    // A text that was left behind is not overwritten by one that is brought along.
    m_draft = m_drafts.take(databaseName(), {}, sql.isEmpty() ? Drafts::Orphans::Adopt : Drafts::Orphans::Leave);
    m_editor->setScript(sql.isEmpty() ? m_draft.text : sql, sql.isEmpty() ? m_draft.cursor : 0);
    connect(m_editor, &QsciScintilla::textChanged, &m_typing, qOverload<>(&QTimer::start));
    setFocusProxy(m_editor);
    onWriteAccessChanged(Panel::context(), this, [this] { applyAccess(); });
    showParameters();
    showState();
    if (!sql.isEmpty() && arguments.value(u"explain"_s).toBool())
        QMetaObject::invokeMethod(this, [this] { explain(false); }, Qt::QueuedConnection);
    else if (!sql.isEmpty() && arguments.value(u"run"_s).toBool())
        QMetaObject::invokeMethod(this, [this] { run(true); }, Qt::QueuedConnection);
    else
        QMetaObject::invokeMethod(this, [this] { emit settled(); }, Qt::QueuedConnection);
}

QueryPanel::~QueryPanel()
{
    m_typing.stop();
    m_draft.text = m_editor->script();
    m_draft.cursor = static_cast<int>(m_editor->cursor());
    // The window may be closing and remember this tab, or the tab alone: either way the text stays where it can be found.
    m_drafts.write(m_draft);
}

QString QueryPanel::databaseName() const
{
    return context().pool->url().displayText();
}

QString QueryPanel::title() const
{
    const QString line = m_editor->script().simplified();
    return line.isEmpty() ? tr("SQL") : tr("SQL · %1").arg(line.left(18) + (line.size() > 18 ? u"…"_s : QString()));
}

QVariantMap QueryPanel::saveState() const
{
    return {{u"draft"_s, m_draft.id}};
}

void QueryPanel::restoreState(const QVariantMap &state)
{
    // `#sql?sql=SELECT 1`: written down, not run.
    if (const QString sql = state.value(u"sql"_s).toString(); !sql.isEmpty())
        m_editor->setScript(sql, sql.size());
    const QString id = state.value(u"draft"_s).toString();
    if (id.isEmpty() || id == m_draft.id)
        return;
    const Draft own = m_drafts.take(databaseName(), id, Drafts::Orphans::Leave);
    if (own.id != id || own.text.isEmpty()) {
        m_drafts.release(own.id);
        return;
    }
    m_drafts.release(m_draft.id);
    m_draft = own;
    m_editor->setScript(m_draft.text, m_draft.cursor);
}

QString QueryPanel::reasonToStay() const
{
    return m_runner->isInTransaction() && m_runner->mayWrite() ? tr("A transaction is open in this tab; closing it undoes its changes.") : QString();
}

void QueryPanel::find()
{
    m_editor->setFocus();
}

void QueryPanel::reload()
{
    run(false);
}

void QueryPanel::copy(const QString &format)
{
    if (m_editor->hasFocus())
        return m_editor->QsciScintilla::copy();
    if (auto *view = qobject_cast<ResultView *>(m_results->currentWidget()))
        view->copy(format);
}

void QueryPanel::keep()
{
    m_draft.text = m_editor->script();
    m_draft.cursor = static_cast<int>(m_editor->cursor());
    m_drafts.write(m_draft);
    emit titleChanged();
}

QList<SqlStatement> QueryPanel::chosen(bool all) const
{
    const QString script = m_editor->script();
    const auto [from, length] = m_editor->marked();
    if (!all && length > 0) {
        QList<SqlStatement> statements = SqlScript::split(QStringView(script).sliced(from, length), m_dialect);
        for (SqlStatement &statement : statements)
            statement.start += from;
        return statements;
    }
    const QList<SqlStatement> statements = SqlScript::split(script, m_dialect);
    if (all || statements.size() <= 1)
        return statements;
    const qsizetype cursor = m_editor->cursor();
    const SqlStatement *found = &statements.front();
    for (const SqlStatement &statement : statements) {
        if (statement.start <= cursor)
            found = &statement;
    }
    return {*found};
}

void QueryPanel::run(bool all)
{
    if (m_runner->isRunning() || isHeldBack())
        return;
    const QList<SqlStatement> statements = chosen(all);
    if (statements.isEmpty()) {
        m_message->showNote(tr("There is no statement to run. Write one above, or take one of the saved queries."));
        emit settled();
        return;
    }
    const ScriptDemands demands = demandsOf(statements, m_dialect);
    if (!m_runner->mayWrite() && (!demands.writes.isEmpty() || !demands.lifts.isEmpty()))
        return refuse(demands);
    if (m_runner->mayWrite() && !demands.writes.isEmpty() && asksBeforeWriting(context()))
        return confirm(statements, demands.writes);
    start(statements);
}

void QueryPanel::refuse(const ScriptDemands &demands)
{
    const QString line = demands.writes.isEmpty() ? demands.lifts.front() : demands.writes.front();
    const QString no = writeRefusal(context());
    const QString how = no.isEmpty() ? tr("This tab only reads. Switch to \"Changes allowed\" above to run this.") : no;
    m_message->showNote(tr("Not run: %1 would change the database. %2").arg(line.left(60), how));
    emit settled();
}

bool QueryPanel::isHeldBack()
{
    const QString no = writeRefusal(context());
    const bool isHeld = !no.isEmpty() && m_runner->mayWrite();
    if (isHeld) {
        m_message->showNote(m_runner->isInTransaction() ? tr("Not run: the open transaction has been allowed to write. Roll it back first. %1").arg(no) : tr("Not run. %1").arg(no));
        emit settled();
    }
    return isHeld;
}

void QueryPanel::applyAccess()
{
    if (!writeRefusal(context()).isEmpty() && !m_runner->isRunning() && !m_runner->isInTransaction())
        m_write->setChecked(false);
    showState();
}

void QueryPanel::confirm(const QList<SqlStatement> &statements, const QStringList &writes)
{
    auto *box = new QMessageBox(QMessageBox::Warning, tr("Change the database"), tr("These statements change %1:").arg(databaseName()), QMessageBox::NoButton, this);
    box->setObjectName(u"confirmWrites"_s);
    box->setAttribute(Qt::WA_DeleteOnClose);
    box->setInformativeText(writes.mid(0, 8).join(u'\n') + (writes.size() > 8 ? u"\n…"_s : QString()));
    box->addButton(tr("Run"), QMessageBox::AcceptRole);
    box->addButton(tr("Leave it"), QMessageBox::RejectRole);
    connect(box, &QMessageBox::buttonClicked, this, [this, box, statements](QAbstractButton *button) {
        if (box->buttonRole(button) != QMessageBox::AcceptRole || isHeldBack())
            return;
        if (m_runner->mayWrite())
            start(statements);
        else // the level was changed while the question stood open
            refuse(demandsOf(statements, m_dialect));
    });
    box->open();
}

void QueryPanel::start(const QList<SqlStatement> &statements)
{
    m_message->clear();
    m_editor->clearMistake();
    const ScriptDemands demands = demandsOf(statements, m_dialect);
    m_running = statements;
    m_script = m_editor->script();
    m_rows = 0;
    m_failure.clear();
    m_views.assign(static_cast<std::size_t>(statements.size()), nullptr);
    if (!m_replaced) {
        while (m_results->count() > 1)
            delete m_results->widget(0);
        m_log->clear();
    }
    const SqlStatement &first = statements.front();
    m_editor->showStatement(first.start, statements.back().end() - first.start);
    m_runner->run(statements, parameters(demands.parameters));
}

void QueryPanel::connectRunner()
{
    connect(m_runner, &ScriptRunner::started, this, [this] {
        m_ticking.start();
        showState();
    });
    connect(m_runner, &ScriptRunner::resultStarted, this, &QueryPanel::addResult);
    connect(m_runner, &ScriptRunner::statementEnded, this, [this](int index, const StatementOutcome &outcome) {
        const QString line = m_running.value(index).text.simplified().left(60);
        m_rows += outcome.rows;
        if (ResultView *view = m_views[static_cast<std::size_t>(index)])
            view->finish(outcome);
        const QString what = outcome.hasRows ? tr("%1 rows").arg(QLocale().toString(outcome.rows)) : tr("%1 rows changed").arg(QLocale().toString(outcome.rowsAffected));
        tell(tr("%1 ms  %2  %3").arg(QString::number(outcome.ms), what, line));
    });
    connect(m_runner, &ScriptRunner::failed, this, [this](int, const Error &error, qsizetype position) {
        m_failure = error.message;
        if (error.code == ErrorCode::Cancelled) {
            tell(tr("Stopped."));
            m_message->showNote(tr("Stopped. The rows that came are kept."));
            return;
        }
        tell(error.message);
        m_message->showError(error);
        if (position >= 0 && m_editor->script() == m_script)
            m_editor->showMistake(position);
    });
    connect(m_runner, &ScriptRunner::noticed, this, &QueryPanel::tell);
    connect(m_runner, &ScriptRunner::finished, this, [this] {
        m_ticking.stop();
        m_replaced = nullptr;
        if (m_results->count() == 1)
            m_results->setCurrentIndex(0);
        QStringList sql;
        for (const SqlStatement &statement : std::as_const(m_running))
            sql.append(statement.text);
        m_drafts.remember({{}, databaseName(), sql.join(u'\n'), m_runner->elapsedMs(), m_rows, m_failure});
        applyAccess();
        emit settled();
    });
    connect(m_runner, &ScriptRunner::transactionChanged, this, &QueryPanel::applyAccess);
    connect(m_runner, &ScriptRunner::transactionAged, this, [this](int seconds, int left) {
        m_transaction->setText(tr("Transaction open for %1 · rolled back in %2").arg(ageText(seconds), ageText(left)));
        if (left <= ScriptRunner::warningSeconds)
            m_message->showNote(tr("The open transaction is rolled back in %1 s. Write COMMIT or ROLLBACK before.").arg(left));
    });
    connect(m_runner, &ScriptRunner::transactionRolledBack, this, [this](const QString &reason) {
        tell(reason);
        m_message->showNote(reason);
        applyAccess();
    });
}

void QueryPanel::addResult(int index, const std::shared_ptr<QueryRows> &rows)
{
    auto *view = new ResultView(rows, context().catalog->engine, m_running.value(index).text, m_services.workers, m_services.tasks, m_results);
    m_views[static_cast<std::size_t>(index)] = view;
    const int number = m_results->count(); // the messages are the last tab
    int place = number - 1;
    QString title = tr("Result %1").arg(number);
    if (m_replaced) {
        place = m_results->indexOf(m_replaced);
        title = m_results->tabText(place);
        view->setOrder(m_replacedOrder.first, m_replacedOrder.second);
        delete std::exchange(m_replaced, nullptr);
    }
    m_results->insertTab(place, view, title);
    m_results->setCurrentWidget(view);
    connect(view, &ResultView::orderRequested, this, [this, view](int column, bool isDescending) { reorder(view, column, isDescending); });
    connect(view, &ResultView::failed, this, [this](const Error &error) { m_message->showError(error); });
    connect(view, &ResultView::noted, this, &Panel::noted);
    letEdit(*view);
    connect(view, &ResultView::firstRowsShown, this, &Panel::settled);
}

void QueryPanel::reorder(ResultView *view, int column, bool isDescending)
{
    QString sql = view->property("turnstoneUnordered").toString();
    if (sql.isEmpty())
        sql = view->sql();
    while (sql.endsWith(u';') || (!sql.isEmpty() && sql.back().isSpace()))
        sql.chop(1);
    static const QStringList ordered{u"select"_s, u"values"_s, u"with"_s};
    if (m_runner->isRunning() || !ordered.contains(sql.section(QRegularExpression(u"\\W"_s), 0, 0).toLower()) || statementKind(sql, m_dialect) != StatementKind::Read) {
        emit noted(tr("Only the rows of a SELECT can be ordered here."));
        return;
    }
    if (isHeldBack())
        return;
    SqlStatement statement;
    // A comment at the statement's end must not swallow the parenthesis.
    statement.text = u"SELECT * FROM (\n%1\n) AS ordered ORDER BY %2 %3"_s.arg(sql).arg(column + 1).arg(isDescending ? u"DESC NULLS LAST"_s : u"ASC NULLS FIRST"_s);
    statement.start = 0;
    m_replaced = view;
    m_replacedOrder = {column, isDescending};
    start({statement});
    const auto remember = [this, sql] {
        for (ResultView *each : m_views) {
            if (each)
                each->setProperty("turnstoneUnordered", sql);
        }
    };
    connect(m_runner, &ScriptRunner::statementEnded, this, remember, Qt::SingleShotConnection);
}

void QueryPanel::tell(const QString &line)
{
    m_log->appendPlainText(line);
}

void QueryPanel::showState()
{
    const bool isRunning = m_runner->isRunning();
    m_run->setEnabled(!isRunning);
    m_runAll->setEnabled(!isRunning);
    m_explain->setEnabled(!isRunning);
    m_stop->setEnabled(isRunning);
    const QString no = writeRefusal(context());
    m_write->setEnabled(!isRunning && no.isEmpty());
    m_write->setToolTip(no.isEmpty() ? tr("Whether statements of this tab may change the database") : no);
    m_state->setText(isRunning ? tr("Running for %1").arg(secondsText(m_runner->elapsedMs())) : QString());
    const bool isOpen = m_runner->isInTransaction();
    m_transaction->setVisible(isOpen);
    m_commit->setVisible(isOpen && m_runner->mayWrite());
    m_rollback->setVisible(isOpen);
    m_commit->setEnabled(!isRunning && no.isEmpty());
    m_rollback->setEnabled(!isRunning);
    if (isOpen && m_transaction->text().isEmpty())
        m_transaction->setText(tr("Transaction open"));
    if (!isOpen)
        m_transaction->clear();
}

void QueryPanel::setTransactionLimit(int seconds)
{
    const int limit = std::max(ScriptRunner::warningSeconds, seconds);
    m_runner->setTransactionLimit(limit);
    for (QAction *action : m_write->menu()->actions())
        action->setChecked(action->data().toInt() == limit);
}

void QueryPanel::applyMayWrite(bool may)
{
    m_runner->setMayWrite(may);
    m_write->setText(may ? tr("Changes allowed") : tr("Reading only"));
    showState();
}

void QueryPanel::showParameters()
{
    const QStringList names = namedParameters(m_editor->script(), m_dialect);
    QStringList shown;
    for (const auto &[name, field] : m_parameterFields)
        shown.append(name);
    if (names != shown) {
        for (const auto &[name, field] : m_parameterFields)
            delete field->parentWidget();
        m_parameterFields.clear();
        for (const QString &name : names) {
            auto *pair = new QWidget(m_parameterBar);
            auto *label = new QLabel(u':' + name, pair);
            auto *field = new QLineEdit(m_services.settings.value(u"query/parameters/"_s + name).toString(), pair);
            field->setObjectName(u"parameter."_s + name);
            field->setAccessibleName(tr("Value of %1").arg(name));
            field->setPlaceholderText(tr("12, 'text', NULL"));
            label->setBuddy(field);
            auto *layout = new QHBoxLayout(pair);
            layout->setContentsMargins(0, 0, metrics::space3, 0);
            layout->addWidget(label);
            layout->addWidget(field);
            m_parameterLayout->addWidget(pair);
            pair->show();
            m_parameterFields.emplace_back(name, field);
            connect(field, &QLineEdit::editingFinished, this, [this, name, field] { m_services.settings.setValue(u"query/parameters/"_s + name, field->text()); });
            connect(field, &QLineEdit::returnPressed, this, [this] { run(false); });
        }
    }
    m_parameterBar->setVisible(!names.isEmpty());
}

Parameters QueryPanel::parameters(const QStringList &names) const
{
    Parameters values;
    for (const auto &[name, field] : m_parameterFields) {
        if (names.contains(name))
            values.named[name] = parameterValue(field->text(), context().catalog->engine);
    }
    return values;
}

PanelKind queryPanelKind()
{
    PanelKind kind;
    kind.id = u"sql"_s;
    kind.title = QueryPanel::tr("&SQL");
    kind.icon = u"query"_s;
    kind.shortcut = QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_Q);
    kind.make = [](const PanelServices &services, const DatabaseContext &context, const QVariantMap &arguments, QWidget *parent) -> Panel * {
        return new QueryPanel(services, context, arguments, parent);
    };
    return kind;
}

} // namespace turnstone
